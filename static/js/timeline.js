// The window of messages and slips on the page. Shows at most MOST lines of them, and holds the latest MOST messages
// aside, so that a reader far up can come back to the end at once, and a flood need not be drawn as a whole.

import { Changes } from "./changes.js";
import { Latest, byPosition } from "./latest.js";
import { quoteOf } from "./messages.js";
import { Rows } from "./rows.js";

export const MOST = 300;
const MOST_AT_ONCE = 60; // messages that come at once: those before would go by unseen

export class Timeline {
  #rows;
  #latest;
  #changes = new Changes();
  // Whether the window ends where the talk ends. Live messages are drawn only then.
  #attached = true;

  constructor(list, view) {
    this.#rows = new Rows(list, view);
    this.#latest = new Latest(MOST, this.#rows.messages);
  }

  get isAttached() {
    return this.#attached;
  }

  get isEmpty() {
    return this.first === null;
  }

  get first() {
    return this.#rows.first;
  }

  get last() {
    return this.#rows.last;
  }

  // Everything that is shown or held aside, in order.
  get known() {
    const held = this.#latest.all.filter((message) => !this.#rows.has(message.id));
    return [...this.#rows.messages, ...held].sort(byPosition);
  }

  find(id) {
    return this.#rows.find(id)?.message ?? this.#latest.find(id);
  }

  elementOf(id) {
    return this.#rows.find(id)?.element ?? null;
  }

  // New messages at the end of the talk. `following`: the reader is at the end and goes along; else
  // nothing above the reader may go, so the window stops growing when it is full.
  receive(messages, following) {
    const missing = this.#latest.remember(this.#asTheyAre(messages));
    const fresh = missing.filter((message) => !this.#rows.has(message.id));
    const isFlood = fresh.length > MOST_AT_ONCE;
    if (!this.#attached) {
      return fresh;
    }
    if (!following && (isFlood || this.#rows.lines + fresh.length > MOST)) {
      this.#attached = false;
    } else if (isFlood) {
      this.#showEnd();
    } else {
      this.#insert(this.#notAbove(fresh));
      this.#trimTop();
    }
    return fresh;
  }

  // The talk went on faster than the page: what was kept before no longer touches these.
  restart(messages, following) {
    this.#latest.restart(this.#asTheyAre(messages));
    if (following) {
      this.#showEnd();
    } else {
      this.#attached = false;
    }
  }

  // The end of the talk, wherever the window is.
  showLatest() {
    if (!this.#attached) {
      this.#showEnd();
    }
  }

  // Another place in the talk: these messages instead of those that are shown.
  showAround(messages) {
    this.#rows.show(this.#asTheyAre(messages));
    this.#attachIfReached();
  }

  // Earlier messages, above the window.
  prepend(messages) {
    this.#insert(this.#asTheyAre(messages));
    this.#trimBottom();
  }

  // The next messages below a window that ends before the talk does.
  append(messages) {
    this.#insert(this.#asTheyAre(messages));
    this.#trimTop();
    this.#attachIfReached();
  }

  // What a gap left out. What stands above the window is found when the reader goes there.
  fill(found, following) {
    const messages = this.#asTheyAre(found);
    this.#latest.remember(messages);
    const end = this.#attached ? null : this.last;
    this.#insert(this.#notAbove(messages).filter((one) => !end || one.position < end.position));
    if (following) {
      this.#trimTop();
    } else {
      this.#trimBottom();
    }
  }

  // A hole too wide to fill, {after, before}: the talk begins anew with the newest of it.
  restartBehind(hole, newest, following) {
    const behind = this.#latest.all.filter((message) => message.position >= hole.before);
    if (!following) {
      this.#rows.cutBehind(hole.after);
    }
    this.restart([...newest, ...behind], following);
  }

  // What became of a message, an event of the log: later positions win, repeats are harmless, and what is not known
  // here is remembered for a while. Only that message, and replies to it, are drawn again.
  change(event) {
    if (this.#changes.fold(event)) {
      this.#renew(event.message, (message) => this.#changes.over(message));
    }
  }

  // From here on history knows better what was done to messages before that position.
  forgetChangesBefore(position) {
    this.#changes.forgetBefore(position);
  }

  // The same messages as history has them now.
  reread(messages) {
    for (const message of this.#asTheyAre(messages)) {
      this.#renew(message.id, (held) => (held.id === message.id ? message : held));
    }
  }

  // What replies to that message quote, once it is known.
  quote(id, quote) {
    this.#renew(id, (message) => (message.id === id ? message : { ...message, quote }));
  }

  // Draws it again, where it is shown.
  redraw(id) {
    this.#renew(id, (message) => message);
  }

  // Messages of `latest` right before the window, at most `count`.
  previousKnown(count) {
    const { first } = this;
    return first ? this.#latest.all.filter(({ position }) => position < first.position).slice(-count) : [];
  }

  // Messages of `latest` that follow the window without a hole, at most `count`.
  nextKnown(count) {
    const last = this.last;
    const { first } = this.#latest;
    if (!last || !first || first.position > last.position) {
      return [];
    }
    return this.#latest.all.filter((message) => message.position > last.position).slice(0, count);
  }

  // The first element that the reader sees below this edge.
  elementAt(edge) {
    return this.#rows.elementAt(edge);
  }

  // With what this page knows of them: changes that history may not have yet, and what they quote.
  #asTheyAre(messages) {
    return messages.map((message) => {
      const quoted = message.replyTo && !message.quote ? this.find(message.replyTo) : null;
      return this.#changes.over(quoted ? { ...message, quote: quoteOf(quoted) } : message);
    });
  }

  #renew(id, change) {
    const isAbout = (message) => message.id === id || message.replyTo === id;
    this.#latest.renew(isAbout, change);
    this.#rows.renew(isAbout, change);
  }

  #insert(messages) {
    messages.forEach((message) => this.#rows.insert(message));
    this.#rows.fold();
  }

  // Between the window and older messages may be others that are not drawn.
  #notAbove(messages) {
    const start = this.first?.position ?? "";
    return messages.filter((message) => message.position > start);
  }

  #trimTop() {
    const tooMany = this.#rows.lines - MOST;
    if (tooMany > 0) {
      this.#rows.cutTop(tooMany);
    }
  }

  #trimBottom() {
    const tooMany = this.#rows.lines - MOST;
    if (tooMany > 0) {
      this.#attached = false;
      this.#rows.cutBottom(tooMany);
    }
  }

  #showEnd() {
    this.#attached = true;
    this.#rows.show(this.#latest.all.slice(-MOST_AT_ONCE));
  }

  #attachIfReached() {
    const end = this.#latest.last;
    this.#attached = !end || (this.last !== null && this.last.position >= end.position);
  }
}
