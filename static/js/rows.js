// The rows of messages and slips on the page, in the log's order: the entries {message, element} of the timeline's
// window. Slips that are folded away are no lines, but a fold ends where the window would hold MOST_HELD.

import { group } from "./grouping.js";
import { fromElement } from "./messages.js";

const MOST_HELD = 1500;

export class Rows {
  #list;
  #view;
  #entries = [];
  #ids = new Set();

  // What the server drew becomes as if the script had drawn it.
  constructor(list, view) {
    this.#list = list;
    this.#view = view;
    for (const rest of list.querySelectorAll("[data-rest]")) {
      rest.closest("[data-id]").after(...rest.children); // folded by the server; here every slip is an entry
      rest.remove();
    }
    this.#keep([...list.children].map((element) => ({ message: fromElement(element), element })));
    this.#entries.forEach(({ element, message }) => view.adopt(element, message));
    this.fold();
  }

  get messages() {
    return this.#entries.map((entry) => entry.message);
  }

  get first() {
    return this.#entries[0]?.message ?? null;
  }

  get last() {
    return this.#entries.at(-1)?.message ?? null;
  }

  // How many are not folded away.
  get lines() {
    return this.#entries.filter((entry) => !entry.element.hidden).length;
  }

  has(id) {
    return this.#ids.has(id);
  }

  // The entry of that message.
  find(id) {
    return this.#ids.has(id) ? this.#entries.find((entry) => entry.message.id === id) : undefined;
  }

  // The first element that the reader sees below this edge.
  elementAt(edge) {
    const isSeen = ({ element }) => !element.hidden && element.getBoundingClientRect().bottom > edge;
    return this.#entries.find(isSeen)?.element ?? null;
  }

  // These messages instead of those that are shown: in the page all at once, which costs a fraction of one by one.
  show(messages) {
    this.#keep(messages.map((message) => ({ message, element: this.#view.draw(message) })));
    this.#list.replaceChildren(...this.#entries.map((entry) => entry.element));
    this.fold();
  }

  // In its place, once.
  insert(message) {
    if (this.#ids.has(message.id)) {
      return;
    }
    let index = this.#entries.length;
    while (index > 0 && this.#entries[index - 1].message.position > message.position) {
      index -= 1;
    }
    const element = this.#view.draw(message);
    this.#list.insertBefore(element, this.#entries[index]?.element ?? null);
    this.#entries.splice(index, 0, { message, element });
    this.#ids.add(message.id);
    this.#regroup(index);
    this.#regroup(index + 1);
  }

  // Draws those that are meant again, changed.
  renew(isMeant, change) {
    for (const entry of this.#entries.filter(({ message }) => isMeant(message))) {
      entry.message = change(entry.message);
      this.#view.fill(entry.element, entry.message);
    }
  }

  // To be called after insertions. Folding ends where the window would hold too much: then every slip is a line and the
  // window moves on.
  fold() {
    this.#view.fold(this.#entries, this.#entries.length > MOST_HELD);
  }

  // Takes away the first lines, with what is folded behind them.
  cutTop(count) {
    for (let done = 0; done < count; done += 1) {
      do {
        this.#remove(0);
      } while (this.#entries[0].element.hidden);
    }
    this.#regroup(0);
    this.fold();
  }

  // Takes away the last lines, with what is folded behind them.
  cutBottom(count) {
    for (let done = 0; done < count; done += 1) {
      while (this.#entries.at(-1).element.hidden) {
        this.#remove(this.#entries.length - 1);
      }
      this.#remove(this.#entries.length - 1);
    }
    this.fold();
  }

  // Takes away what stands behind that position.
  cutBehind(position) {
    while (this.last && this.last.position > position) {
      this.#remove(this.#entries.length - 1);
    }
    this.fold();
  }

  #keep(entries) {
    this.#entries = entries;
    this.#ids = new Set(entries.map((entry) => entry.message.id));
    entries.forEach((_, index) => this.#regroup(index));
  }

  #remove(index) {
    const [{ message, element }] = this.#entries.splice(index, 1);
    element.remove();
    this.#ids.delete(message.id);
  }

  #regroup(index) {
    const entry = this.#entries[index];
    if (entry) {
      group(entry.element, entry.message, this.#entries[index - 1]?.message ?? null);
    }
  }
}
