// Gives a receipt to another app, or puts it on the clipboard.

export class Share {
  #page;

  constructor(page) {
    this.#page = page;
  }

  start() {
    if (!navigator.share && !navigator.clipboard) {
      return;
    }
    const button = this.#page.querySelector("[data-share]");
    button.hidden = false;
    button.addEventListener("click", () => this.#share(button));
  }

  async #share(button) {
    const { title, text, copied } = this.#page.dataset;
    if (!navigator.share) {
      await navigator.clipboard.writeText(text);
      button.textContent = copied;
      return;
    }
    try {
      await navigator.share({ title, text });
    } catch {
      // Whoever closes the sheet has not shared; there is nothing to say.
    }
  }
}
