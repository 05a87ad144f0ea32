// The window of messages and slips on the page, in the log's order. Shows at most MOST of them, and holds the latest
// MOST aside, so that a reader far up can come back to the end at once. Slips that are folded away do not count, or a
// busy day's line could fill the window and be too short to scroll; but they end at MOST_HELD.

import { fromElement } from "./messages.js";
import { group } from "./message_view.js";

export const MOST = 300;
const MOST_HELD = 1500;

export class Timeline {
  #list;
  #view;
  #shown = [];
  #ids = new Set();
  #latest = [];
  // Whether the window ends where the talk ends. Live messages are drawn only then.
  #attached = true;

  constructor(list, view) {
    this.#list = list;
    this.#view = view;
    for (const rest of list.querySelectorAll("[data-rest]")) {
      rest.closest("[data-id]").after(...rest.children); // folded by the server; here every slip is an entry
      rest.remove();
    }
    for (const element of list.children) {
      const message = fromElement(element);
      this.#shown.push({ message, element });
      this.#ids.add(message.id);
    }
    this.#latest = this.#shown.map((entry) => entry.message);
    this.#fold();
  }

  get isAttached() {
    return this.#attached;
  }

  get isEmpty() {
    return this.#shown.length === 0;
  }

  get first() {
    return this.#shown[0]?.message ?? null;
  }

  get last() {
    return this.#shown.at(-1)?.message ?? null;
  }

  // New messages at the end of the talk. `following`: the reader is at the end and goes along; else
  // nothing above the reader may go, so the window stops growing when it is full.
  receive(messages, following) {
    const fresh = this.#remember(messages);
    if (!this.#attached) {
      return fresh;
    }
    if (!following && this.#lines + fresh.length > MOST) {
      this.#attached = false;
      return fresh;
    }
    fresh.forEach((message) => this.#insert(message));
    this.#trimTop();
    return fresh;
  }

  // The talk went on faster than the page: what was kept before no longer touches these.
  restart(messages, following) {
    this.#latest = messages.slice(-MOST);
    if (following) {
      this.#redraw();
    } else {
      this.#attached = false;
    }
  }

  // The end of the talk, wherever the window is.
  showLatest() {
    if (!this.#attached) {
      this.#redraw();
    }
  }

  // Earlier messages, above the window.
  prepend(messages) {
    messages.forEach((message) => this.#insert(message));
    this.#trimBottom();
  }

  // The next messages below a window that ends before the talk does.
  append(messages) {
    messages.forEach((message) => this.#insert(message));
    this.#trimTop();
    this.#attachIfReached();
  }

  // What a gap left out.
  fill(messages, following) {
    this.#remember(messages);
    const end = this.#attached ? null : this.last;
    messages.filter((one) => !end || one.position < end.position).forEach((one) => this.#insert(one));
    if (following) {
      this.#trimTop();
    } else {
      this.#trimBottom();
    }
  }

  // A hole too wide to fill, {after, before}: the talk begins anew with the newest of it.
  restartBehind(hole, newest, following) {
    const behind = this.#latest.filter((message) => message.position >= hole.before);
    while (!following && this.last && this.last.position > hole.after) {
      this.#remove(this.#shown.length - 1);
    }
    this.#fold();
    this.restart([...newest, ...behind], following);
  }

  // Messages of `latest` that follow the window without a hole, at most `count`.
  nextKnown(count) {
    const last = this.last;
    const first = this.#latest[0];
    if (!last || !first || first.position > last.position) {
      return [];
    }
    return this.#latest.filter((message) => message.position > last.position).slice(0, count);
  }

  // The first element that the reader sees below this edge.
  elementAt(edge) {
    const isSeen = ({ element }) => !element.hidden && element.getBoundingClientRect().bottom > edge;
    return this.#shown.find(isSeen)?.element ?? null;
  }

  #remember(messages) {
    const known = new Set(this.#latest.map((message) => message.id));
    const fresh = messages.filter((message) => !known.has(message.id) && !this.#ids.has(message.id));
    const missing = messages.filter((message) => !known.has(message.id));
    const end = this.#latest.at(-1)?.position ?? "";
    this.#latest.push(...missing);
    if (missing.some((message) => message.position < end)) {
      this.#latest.sort(byPosition);
    }
    this.#latest = this.#latest.slice(-MOST);
    return fresh;
  }

  #insert(message) {
    if (this.#ids.has(message.id)) {
      return;
    }
    let index = this.#shown.length;
    while (index > 0 && this.#shown[index - 1].message.position > message.position) {
      index -= 1;
    }
    const element = this.#view.draw(message);
    this.#list.insertBefore(element, this.#shown[index]?.element ?? null);
    this.#shown.splice(index, 0, { message, element });
    this.#ids.add(message.id);
    this.#regroup(index);
    this.#regroup(index + 1);
  }

  #remove(index) {
    const [{ message, element }] = this.#shown.splice(index, 1);
    element.remove();
    this.#ids.delete(message.id);
  }

  #trimTop() {
    this.#fold();
    if (this.#lines > MOST) {
      while (this.#lines > MOST) {
        do {
          this.#remove(0);
        } while (this.#shown[0].element.hidden);
      }
      this.#regroup(0);
      this.#fold();
    }
  }

  #trimBottom() {
    this.#fold();
    if (this.#lines > MOST) {
      this.#attached = false;
      while (this.#lines > MOST) {
        while (this.#shown.at(-1).element.hidden) {
          this.#remove(this.#shown.length - 1);
        }
        this.#remove(this.#shown.length - 1);
      }
      this.#fold();
    }
  }

  get #lines() {
    return this.#shown.filter((entry) => !entry.element.hidden).length;
  }

  // Folding ends where the window would hold too much: then every slip is a line and the window moves on.
  #fold() {
    this.#view.fold(this.#shown, this.#shown.length > MOST_HELD);
  }

  #redraw() {
    this.#list.replaceChildren();
    this.#shown = [];
    this.#ids.clear();
    this.#attached = true;
    this.#latest.forEach((message) => this.#insert(message));
    this.#fold();
  }

  #attachIfReached() {
    const end = this.#latest.at(-1);
    this.#attached = !end || (this.last !== null && this.last.position >= end.position);
  }

  #regroup(index) {
    const entry = this.#shown[index];
    if (entry) {
      group(entry.element, entry.message, this.#shown[index - 1]?.message ?? null);
    }
  }
}

function byPosition(one, other) {
  return one.position < other.position ? -1 : 1;
}
