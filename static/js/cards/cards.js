// What polls, events and notices add to a conversation.

import { registerAction } from "../compose_menu.js";
import { registerMessageAction } from "../message_actions.js";
import { registerPart } from "../message_parts.js";
import { say } from "../sentences.js";
import { CardDialog } from "./card_dialog.js";
import { CardPart } from "./card_part.js";
import { NoticeBar } from "./notice_bar.js";

registerPart(new CardPart());
registerPart({ start: (conversation) => new NoticeBar(document.querySelector("[data-notice]")).start(conversation), draw() {} });
offerCard("poll", "polls");
offerCard("event", "events");
offerPin("pin", true);
offerPin("unpin", false);

function offerCard(kind, plural) {
  let dialog = null;
  registerAction({
    name: kind,
    icon: kind,
    label: say(`card.new_${kind}`),
    run: ({ channelId }) => {
      dialog = dialog ?? new CardDialog(`/channels/${channelId}/${plural}/new/`);
      dialog.open();
    },
  });
}

// An admin's right.
function offerPin(name, on) {
  registerMessageAction({
    name,
    icon: "pin",
    label: say(`notice.${name}`),
    applies: (message, { role }) => role === "admin" && message.notice !== on,
    run: ({ id }, { channelId, asks }) => asks.ask({ op: "pin", channel: channelId, message: id, on }),
  });
}
