// Naming people while writing: "@" and the beginning of a name open a list to choose from, by keys or by touch.

const TERM = /(^|\s)@([^\s@]{0,30})$/; // before the caret
const ASK_AFTER_MS = 120;
const MOST = 8;

export class MentionBox {
  #text;
  #list;
  #people;
  #named = [];
  #chosen = -1;
  #timer = null;

  // `list` is the listbox for the text area; people.find(term) gives the people.
  constructor(text, list, people) {
    this.#text = text;
    this.#list = list;
    this.#people = people;
  }

  start() {
    this.#text.addEventListener("input", () => this.#look());
    this.#text.addEventListener("blur", () => this.#close());
    // Before the blur, so that a press chooses.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => this.#take(event.target.closest("[role=option]")));
  }

  // Whom the text names, of those who were chosen: [{id, username}].
  namedIn(text) {
    return this.#named.filter(({ username }) => text.includes(`@${username}`));
  }

  // Those whom a text names already, before it is changed.
  remember(people) {
    const known = new Set(this.#named.map((person) => person.id));
    this.#named.push(...people.filter((person) => !known.has(person.id)));
  }

  // Whether the key was meant for the list.
  takesKey(event) {
    const options = this.#options;
    if (this.#list.hidden || event.isComposing) {
      return false;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#choose((this.#chosen + step + options.length) % options.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.#take(options[this.#chosen]);
    } else if (event.key === "Escape") {
      this.#close();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  #look() {
    clearTimeout(this.#timer);
    if (this.#term === null) {
      this.#close();
      return;
    }
    this.#timer = setTimeout(() => this.#show(), ASK_AFTER_MS);
  }

  async #show() {
    const term = this.#term;
    const people = term === null ? [] : await this.#people.find(term);
    if (term !== this.#term) {
      return; // an answer to what stands there no more
    }
    this.#list.replaceChildren(...(people ?? []).slice(0, MOST).map(option));
    if (!this.#options.length) {
      this.#close();
      return;
    }
    this.#list.hidden = false;
    this.#choose(0);
  }

  #choose(index) {
    this.#chosen = index;
    this.#options.forEach((one, at) => one.setAttribute("aria-selected", String(at === index)));
    const chosen = this.#options[index];
    this.#text.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  #take(chosen) {
    if (!chosen) {
      return;
    }
    const { person, name } = chosen.dataset;
    const caret = this.#text.selectionEnd;
    this.remember([{ id: Number(person), username: name }]);
    this.#text.setRangeText(`@${name} `, caret - this.#term.length - 1, caret, "end");
    this.#close();
    this.#text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #close() {
    clearTimeout(this.#timer);
    this.#list.hidden = true;
    this.#text.removeAttribute("aria-activedescendant");
  }

  // What stands between the "@" and the caret; null where nobody is being named.
  get #term() {
    const { selectionStart, selectionEnd, value } = this.#text;
    const found = selectionStart === selectionEnd && TERM.exec(value.slice(0, selectionEnd));
    return found ? found[2] : null;
  }

  get #options() {
    return [...this.#list.children];
  }
}

function option({ id, username }) {
  const element = document.createElement("li");
  element.setAttribute("role", "option");
  element.id = `person-${id}`;
  element.className = "mention-list__person";
  Object.assign(element.dataset, { person: id, name: username });
  element.textContent = username;
  return element;
}
