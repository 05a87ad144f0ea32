// Any page sends what waits: an app that opens on its list does not keep it back until a talk is opened.

import { Asks } from "./asks.js";
import { feed } from "./feed.js";
import { Outbox } from "./outbox.js";
import { isAnythingLeft } from "./unanswered.js";

export function sendUnanswered() {
  const rows = document.querySelector("[data-rows]");
  if (!rows || document.querySelector("[data-module=conversation]:not([data-past])")) {
    return;
  }
  const look = () => {
    if (isAnythingLeft(Number(rows.dataset.user))) {
      removeEventListener("focus", look);
      send(rows);
    }
  };
  addEventListener("focus", look);
  look();
}

function send(rows) {
  const userId = Number(rows.dataset.user);
  const waiting = [new Outbox(userId, feed()), new Asks(userId, "", feed())];
  waiting.forEach((deliveries) => deliveries.start());
  // Who subscribes with a position may repeat what the log has: the server looks it up (chat/sockets/open_socket.py).
  const channels = new Set(waiting.flatMap((deliveries) => deliveries.waiting).map((item) => item.frame.channel));
  channels.forEach((channelId) => {
    feed().follow(channelId, {}, rows.querySelector(`[data-channel="${channelId}"]`)?.dataset.upto || null);
  });
}
