// The keyboard and the closing of a menu that a button opens: arrows, Home, End, Esc, a press elsewhere.

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

export class Menu {
  #list;
  #button = null;
  #closed;
  #pressedElsewhere = (event) => this.#isOutside(event.target) && this.close(false);

  // `list` is the menu's element, its items have a role that begins with menuitem. closed() hears of the end.
  constructor(list, closed = () => {}) {
    this.#list = list;
    this.#closed = closed;
    list.addEventListener("keydown", (event) => this.#pressed(event));
    list.addEventListener("focusout", (event) => this.#left(event.relatedTarget));
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  // `button` gets the focus back; `first` is the item that has it first.
  open(button, first = this.#items[0]) {
    this.#button = button;
    this.#list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", this.#pressedElsewhere);
    first?.focus();
  }

  close(focusButton = true) {
    if (!this.isOpen) {
      return;
    }
    document.removeEventListener("pointerdown", this.#pressedElsewhere);
    this.#list.hidden = true;
    this.#button.setAttribute("aria-expanded", "false");
    if (focusButton) {
      this.#button.focus({ preventScroll: true });
    }
    this.#closed();
  }

  get #items() {
    return [...this.#list.querySelectorAll("[role^=menuitem]")].filter((item) => !item.hidden);
  }

  #pressed(event) {
    const items = this.#items;
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape" || event.key === "Tab") {
      this.close();
    } else if (event.key === "Home") {
      items[0].focus();
    } else if (event.key === "End") {
      items.at(-1).focus();
    } else if (event.key in STEPS) {
      items.at((at + STEPS[event.key]) % items.length).focus();
    } else {
      return;
    }
    event.stopPropagation();
    if (event.key !== "Tab") {
      event.preventDefault();
    }
  }

  #left(next) {
    if (next && this.#isOutside(next)) {
      this.close(false);
    }
  }

  #isOutside(element) {
    return !this.#list.contains(element) && !this.#button.contains(element);
  }
}

// One line of a menu.
export function menuItem({ label, icon = null, danger = false }, run) {
  const item = document.createElement("button");
  item.type = "button";
  item.setAttribute("role", "menuitem");
  item.tabIndex = -1;
  item.className = danger ? "menu__item menu__item--danger" : "menu__item";
  item.append(...(icon ? [icon] : []), label);
  item.addEventListener("click", run);
  return item;
}
