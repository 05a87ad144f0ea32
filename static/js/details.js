// The pane beside the talk: open on wide screens until it is closed, slid over on middle ones.

const WIDE = matchMedia("(min-width: 1200px)");
const MIDDLE = matchMedia("(min-width: 900px)");
const KEY = "details-folded";

export class Details {
  #pane;
  #shell;
  #switch;

  constructor(pane) {
    this.#pane = pane;
    this.#shell = pane.parentElement;
    this.#switch = document.querySelector("[data-details-switch]");
  }

  start() {
    this.#shell.classList.toggle("shell--folded", localStorage.getItem(KEY) === "yes");
    this.#switch.addEventListener("click", (event) => this.#toggle(event));
    this.#pane.querySelector("[data-details-close]").addEventListener("click", () => this.#close());
    this.#pane.addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
  }

  // Below the middle width the switch is what it is without scripts: a link to the page.
  #toggle(event) {
    if (!MIDDLE.matches) {
      return;
    }
    event.preventDefault();
    if (WIDE.matches) {
      this.#fold(!this.#shell.classList.contains("shell--folded"));
    } else if (this.#shell.classList.toggle("shell--over")) {
      this.#pane.querySelector("[data-details-close]").focus();
    }
  }

  #close() {
    if (WIDE.matches) {
      this.#fold(true);
    }
    this.#shell.classList.remove("shell--over");
    this.#switch.focus();
  }

  #fold(folded) {
    this.#shell.classList.toggle("shell--folded", folded);
    localStorage.setItem(KEY, folded ? "yes" : "no");
  }
}
