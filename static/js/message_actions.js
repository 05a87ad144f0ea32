// What can be done to a message: the bar that follows mouse and focus, its menu, long press, right click, and the keys.
// Other parts of the page register what they offer.

import { drawIcon } from "./icons.js";
import { watchLongPress } from "./long_press.js";
import { Menu, menuItem } from "./menu.js";

const actions = [];
const SAID = "[data-messages] > [data-author]";
const ANY = "[data-messages] > [data-id]:not([hidden])";
const TOUCH = matchMedia("(hover: none)");
const PRESSABLE = "a, button, input, summary, pre";

// action.applies(message, conversation) says whether it is offered, action.run(message, conversation) does it. `icon` is
// a drawing of static/icons.svg; with `danger` it looks like something that cannot be undone.
export function registerMessageAction(action) {
  actions.push(action);
}

export class MessageActions {
  #log;
  #bar;
  #menu;
  #list;
  #items;
  #conversation;
  #element = null; // the message that has the bar
  #place = ""; // where the mouse was

  constructor(log, bar, conversation) {
    this.#log = log;
    this.#bar = bar;
    this.#conversation = conversation;
    this.#list = bar.querySelector("[data-message-menu]");
    this.#items = bar.querySelector("[data-message-items]");
    this.#menu = new Menu(this.#list, () => this.#bar.classList.remove("actions--open"));
  }

  start() {
    this.#log.addEventListener("pointermove", (event) => this.#isMoved(event) && this.#hover(event.target));
    this.#log.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.#hover(null));
    this.#log.addEventListener("focusin", (event) => this.#follow(event.target.closest(SAID)));
    this.#log.addEventListener("focusout", (event) => this.#lostFocusTo(event.relatedTarget));
    this.#log.addEventListener("click", (event) => this.#tapped(event));
    this.#log.addEventListener("contextmenu", (event) => this.#asked(event));
    this.#log.addEventListener("keydown", (event) => this.#pressed(event));
    watchLongPress(this.#log, (target) => this.#held(target));
    const find = (name) => this.#bar.querySelector(`[data-action-${name}]`);
    find("react").onclick = () => this.#toggle(find("react"));
    find("more").onclick = () => this.#toggle(find("more"));
    find("reply").onclick = () => this.#do((message) => this.#conversation.composer.reply(message));
    for (const choice of this.#list.querySelectorAll("[data-emoji]")) {
      choice.onclick = () => this.#do((message) => this.#conversation.reacting.toggle(message, choice.dataset.emoji));
    }
  }

  #hover(target) {
    if (!this.#menu.isOpen) {
      this.#follow(target?.closest(SAID) ?? null);
    }
  }

  // Not where only the talk moved below a mouse that rests.
  #isMoved({ pointerType, clientX, clientY }) {
    const place = `${clientX} ${clientY}`;
    const isOther = place !== this.#place;
    this.#place = place;
    return pointerType === "mouse" && isOther;
  }

  // Nobody: the bar itself was moved, or the window lost the focus.
  #lostFocusTo(next) {
    if (next && !this.#log.contains(next)) {
      this.#follow(null);
    }
  }

  // The bar stands in the message, so that Tab leads from the one to the other.
  #follow(element) {
    if (element === this.#element && element?.contains(this.#bar)) {
      return;
    }
    this.#menu.close(false);
    const message = element && this.#conversation.messageOf(element);
    this.#element = message && !message.deleted && this.#conversation.mayWrite ? element : null;
    this.#bar.hidden = !this.#element;
    this.#element?.append(this.#bar);
  }

  #tapped(event) {
    if (TOUCH.matches && !this.#bar.contains(event.target) && !event.target.closest(PRESSABLE)) {
      const element = event.target.closest(SAID);
      this.#follow(element === this.#element ? null : element);
    }
  }

  #held(target) {
    const chip = target.closest("[data-reactions] [data-emoji]");
    if (chip) {
      this.#conversation.reacting.tell(chip);
      return true;
    }
    return !this.#bar.contains(target) && this.#openAt(target.closest(SAID));
  }

  // A right click, the menu key, or a long press where the browser tells of it. A link or a chosen text keeps the
  // browser's own menu.
  #asked(event) {
    const ownMenu = event.target.closest("a") || !getSelection().isCollapsed;
    if (this.#bar.contains(event.target) || (!ownMenu && this.#openAt(event.target.closest(SAID)))) {
      event.preventDefault();
    }
  }

  #openAt(element) {
    this.#follow(element);
    if (this.#element && !this.#menu.isOpen) {
      this.#toggle(this.#bar.querySelector("[data-action-more]"));
    }
    return this.#element !== null;
  }

  #pressed(event) {
    const isOnMessage = event.target === this.#log || event.target.matches(ANY);
    if (isOnMessage && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      this.#step(event.key === "ArrowUp" ? -1 : 1);
    } else if (isOnMessage && event.key === "Enter" && this.#openAt(event.target.closest(SAID))) {
      event.preventDefault();
    } else if (event.key === "Escape") {
      this.#conversation.composer.focus();
    }
  }

  #step(step) {
    const all = [...this.#log.querySelectorAll(ANY)];
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? all.at(-1) : all[at + step];
    if (next) {
      next.tabIndex = -1;
      next.focus();
    }
  }

  #toggle(button) {
    if (this.#menu.isOpen) {
      this.#menu.close();
      return;
    }
    const message = this.#conversation.messageOf(this.#element);
    for (const choice of this.#list.querySelectorAll("[data-emoji]")) {
      const given = message.reactions[choice.dataset.emoji] ?? [];
      choice.setAttribute("aria-checked", String(given.includes(this.#conversation.userId)));
    }
    const offered = actions.filter((action) => action.applies(message, this.#conversation));
    offered.sort((one, other) => Boolean(one.danger) - Boolean(other.danger));
    this.#items.replaceChildren(...offered.map((action) => this.#item(action)));
    this.#bar.classList.add("actions--open");
    const isReact = button.matches("[data-action-react]");
    this.#list.classList.remove("menu--up");
    this.#menu.open(button, isReact ? undefined : this.#items.firstElementChild);
    const isCut = this.#list.getBoundingClientRect().bottom > this.#log.getBoundingClientRect().bottom;
    this.#list.classList.toggle("menu--up", isCut);
  }

  #item(action) {
    const item = menuItem({ ...action, icon: drawIcon(action.icon) }, () => {
      this.#do((message) => action.run(message, this.#conversation));
    });
    item.dataset.action = action.name;
    return item;
  }

  #do(run) {
    const message = this.#conversation.messageOf(this.#element);
    this.#menu.close();
    if (TOUCH.matches) {
      this.#follow(null); // a bar that stays lies over the message above, where the next finger comes down
    }
    run(message);
  }
}
