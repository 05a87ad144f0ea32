// Gives a link to somebody: onto the clipboard, or, where the page offers that, through another app.

export class GiveAway {
  #page;

  constructor(page) {
    this.#page = page;
  }

  start() {
    this.#offer("copy", navigator.clipboard, (button) => this.#copy(button));
    this.#offer("share", navigator.share, () => this.#share());
  }

  #offer(name, isThere, give) {
    const button = this.#page.querySelector(`[data-${name}]`);
    if (button && isThere) {
      button.hidden = false;
      button.addEventListener("click", () => give(button));
    }
  }

  async #copy(button) {
    const { text, copied } = this.#page.dataset;
    await navigator.clipboard.writeText(text);
    button.textContent = copied;
  }

  async #share() {
    const { title, text } = this.#page.dataset;
    try {
      await navigator.share({ title, url: text });
    } catch {
      // Whoever closes the sheet has not shared; there is nothing to say.
    }
  }
}
