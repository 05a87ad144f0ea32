// The menus of a list of people: one is open at a time, and Escape or a press elsewhere closes it. Without this script
// they open and close by themselves.

export class RowMenus {
  #list;

  constructor(list) {
    this.#list = list;
  }

  start() {
    this.#list.addEventListener("toggle", (event) => event.target.open && this.#close(event.target), true);
    document.addEventListener("pointerdown", (event) => this.#close(event.target.closest("[data-row-menu]")));
    this.#list.addEventListener("keydown", (event) => event.key === "Escape" && this.#escape());
  }

  #close(kept) {
    this.#open.filter((menu) => menu !== kept).forEach((menu) => (menu.open = false));
  }

  #escape() {
    const [menu] = this.#open;
    this.#close(null);
    menu?.querySelector("summary").focus();
  }

  get #open() {
    return [...this.#list.querySelectorAll("[data-row-menu][open]")];
  }
}
