// My channels in the list: their last message, order and unread messages, live.

import { feed } from "./feed.js";
import { fromLine } from "./messages.js";
import { noteMark } from "./reading/marks.js";
import { UnreadBadges } from "./reading/unread_badges.js";
import { shown } from "./slip_words.js";
import { clock } from "./times.js";
import { parsePage } from "./trusted.js";

const REDRAW_MS = 500;
const LAST_LENGTH = 120;

export class ChannelList {
  #isEmpty;
  #rows;
  #followed = new Set();
  #badges;
  #waiting = new Map();
  #timer = null;

  constructor(element) {
    this.#isEmpty = element.classList.contains("shell--empty");
    this.#rows = element.querySelector("[data-rows]");
  }

  // A hidden list (a phone in a conversation) asks for nothing.
  start() {
    if (this.#rows.offsetParent === null && !this.#isEmpty) {
      return;
    }
    this.#badges = new UnreadBadges(Number(this.#rows.dataset.user), (channelId) => this.#add(channelId));
    for (const row of this.#rows.children) {
      this.#follow(Number(row.dataset.channel), row);
    }
    this.#badges.start();
    feed().onJoined((channelId) => this.#add(channelId));
  }

  // A channel that its reader came into elsewhere, or that somebody brought them into.
  async #add(channelId) {
    if (this.#followed.has(channelId)) {
      return;
    }
    this.#followed.add(channelId);
    const row = await fetchRow(channelId);
    if (!row) {
      this.#followed.delete(channelId); // no connection, or out of it again: the next reconnect asks
    } else if (this.#isEmpty) {
      location.reload(); // the page is about having no channel
    } else {
      this.#place(channelId, row);
      this.#follow(channelId, row);
    }
  }

  // Above all others, or where the row of a channel stayed that was left while it is open.
  #place(channelId, row) {
    const left = this.#rows.querySelector(`[data-channel="${channelId}"]`);
    if (left) {
      row.querySelector("a").setAttribute("aria-current", "page");
      left.replaceWith(row);
    } else {
      this.#rows.prepend(row);
    }
  }

  #follow(channelId, row) {
    this.#followed.add(channelId);
    this.#badges.add(row);
    const follower = {
      receive: (lines, dropped) => {
        row.hidden = false; // who left a talk of two sees it again
        this.#note(row, lines.at(-1));
        this.#badges.receive(channelId, lines, dropped);
      },
      gap: (hole) => this.#badges.gap(channelId, hole),
      read: ({ position }) => noteMark(channelId, position),
      system: (event) => event.kind === "changed" && this.#rename(row, event.name),
      hidden: () => this.#hide(row),
      removed: () => this.#remove(channelId, row),
    };
    feed().follow(channelId, follower, row.dataset.upto);
  }

  #remove(channelId, row) {
    this.#followed.delete(channelId);
    this.#waiting.delete(row);
    this.#badges.forget(channelId);
    if (!row.querySelector("[aria-current]")) {
      row.remove();
    }
  }

  // A talk of two that was taken out of the list in whatever window: with its next message it is back.
  #hide(row) {
    this.#waiting.delete(row);
    row.hidden = true;
  }

  #note(row, line) {
    this.#waiting.delete(row);
    this.#waiting.set(row, line);
    this.#timer = this.#timer ?? setTimeout(() => this.#redraw(), REDRAW_MS);
  }

  #redraw() {
    this.#timer = null;
    for (const [row, line] of this.#waiting) {
      const message = fromLine(line);
      row.querySelector("[data-last]").textContent = lastLine(message);
      const time = row.querySelector("[data-time]");
      time.dateTime = new Date(message.sentAt).toISOString();
      time.textContent = clock(message.sentAt);
      if (row !== this.#rows.firstElementChild && !row.contains(document.activeElement)) {
        this.#rows.prepend(row);
      }
    }
    this.#waiting.clear();
  }

  #rename(row, name) {
    row.querySelector("[data-name]").textContent = name;
  }
}

async function fetchRow(channelId) {
  try {
    const answer = await fetch(`/channels/${channelId}/row/`);
    const page = answer.ok ? parsePage(await answer.text()) : null;
    return page && document.importNode(page.querySelector("[data-channel]"), true);
  } catch {
    return null;
  }
}

function lastLine(message) {
  if (message.slip) {
    return shown(message.kind, message.slip).sentence;
  }
  const said = message.text || message.attachments.map((file) => file.name).join(", ");
  return `${message.authorName}: ${Array.from(said).slice(0, LAST_LENGTH).join("")}`;
}
