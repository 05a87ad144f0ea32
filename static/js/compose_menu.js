// The "+" of the composer: what else than words can be sent. Other parts of the page register what they offer.

import { drawIcon } from "./icons.js";
import { Menu, menuItem } from "./menu.js";

const actions = [];

// action.run(conversation) is called when somebody chooses it. `icon` is a drawing of static/icons.svg.
export function registerAction({ name, icon, label, run }) {
  actions.push({ name, icon, label, run });
}

export class ComposeMenu {
  #element;
  #conversation;

  constructor(element, conversation) {
    this.#element = element;
    this.#conversation = conversation;
  }

  // Without anything to choose there is no button.
  start() {
    if (!actions.length) {
      return;
    }
    const button = this.#element.querySelector("[data-compose-open]");
    const list = this.#element.querySelector("[data-compose-list]");
    const menu = new Menu(list);
    for (const action of actions) {
      const item = menuItem({ label: action.label, icon: drawIcon(action.icon) }, () => {
        menu.close();
        action.run(this.#conversation);
      });
      item.dataset.action = action.name;
      list.append(item);
    }
    button.addEventListener("click", () => (menu.isOpen ? menu.close() : menu.open(button)));
    this.#element.hidden = false;
  }

  close() {
    this.#element.hidden = true;
  }
}
