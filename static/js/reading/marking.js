// Notices what the reader has read in the open conversation and tells the server, at most once a second.
//
// Read is what was in view while the page was visible and had the focus: at the end of the talk everything, else up to
// the last message that stands in the log as a whole.

import { feed } from "../feed.js";
import { isLooking, onLooking } from "./looking.js";
import { markOf, noteMark } from "./marks.js";

const AT_END_PX = 48;
const LOOK_MS = 150;
const REST_MS = 1_000; // and one more for each member: two seconds between two marks of one reader in a crowd of 1,000
const REST_MOST_MS = 3_000;
const UNHEARD_MS = 40_000; // so long nobody may notice that a wire is dead (socket.js)

export class Marking {
  #conversation;
  #log;
  #rest;
  #sent = "";
  #sentAt = -Infinity;
  #timer = null;
  #lookTimer = null;
  #token;

  start(conversation) {
    const talk = document.querySelector('[data-module="conversation"]');
    this.#conversation = conversation;
    this.#log = talk.querySelector("[data-log]");
    this.#rest = Math.min(REST_MOST_MS, REST_MS + Number(talk.dataset.members));
    noteMark(conversation.channelId, talk.dataset.mark ?? "");
    this.#sent = markOf(conversation.channelId);
    new MutationObserver(() => this.#lookSoon()).observe(talk.querySelector("[data-messages]"), { childList: true });
    this.#log.addEventListener("scroll", () => this.#lookSoon(), { passive: true });
    onLooking(() => this.#lookSoon());
    this.#token = talk.querySelector("[name=csrfmiddlewaretoken]").value;
    addEventListener("pagehide", () => this.#sendLast());
    feed().onState((state) => state === "open" && this.#repeat());
    feed().follow(conversation.channelId, { read: ({ channel, position }) => noteMark(channel, position) });
  }

  draw() {}

  #lookSoon() {
    this.#lookTimer = this.#lookTimer ?? setTimeout(() => this.#look(), LOOK_MS);
  }

  #look() {
    this.#lookTimer = null;
    const position = isLooking() ? this.#lastInView() : null;
    if (position && noteMark(this.#conversation.channelId, position)) {
      this.#timer = this.#timer ?? setTimeout(() => this.#send(), this.#sentAt + this.#rest - performance.now());
    }
  }

  #lastInView() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    const { timeline } = this.#conversation;
    if (timeline.isAttached && scrollHeight - scrollTop - clientHeight < AT_END_PX) {
      return timeline.last?.position ?? null;
    }
    const { left, width, bottom } = this.#log.getBoundingClientRect();
    const [lowest] = document
      .elementsFromPoint(left + width / 2, bottom - 1)
      .map((element) => element.closest("[data-messages] > li"))
      .filter(Boolean);
    const whole = lowest?.getBoundingClientRect().bottom <= bottom ? lowest : lowest?.previousElementSibling;
    return whole?.dataset.position ?? null;
  }

  #send() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const position = markOf(this.#conversation.channelId);
    if (position > this.#sent && feed().isOpen) {
      this.#sent = position;
      this.#sentAt = performance.now();
      feed().send({ op: "read", channel: this.#conversation.channelId, position });
    }
  }

  // A socket may close before it sends what is said while the page goes, or have lost what was said last; such a
  // request outlives it.
  #sendLast() {
    const { channelId } = this.#conversation;
    const position = markOf(channelId);
    if (position > this.#sent || performance.now() - this.#sentAt < UNHEARD_MS) {
      this.#sent = position;
      const headers = { "Content-Type": "application/json", "X-CSRFToken": this.#token };
      const body = JSON.stringify({ position });
      fetch(`/api/v1/channels/${channelId}/read/`, { method: "POST", keepalive: true, headers, body }).catch(() => {});
    }
  }

  // What was sent last may have been lost with the connection; to say it twice changes nothing.
  #repeat() {
    this.#sent = "";
    this.#send();
  }
}
