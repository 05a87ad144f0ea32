// Asks before a message is deleted for everybody.

export class DeleteDialog {
  #dialog;

  constructor(dialog) {
    this.#dialog = dialog;
  }

  // Whether to delete it.
  ask() {
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
    return new Promise((answer) => {
      this.#dialog.addEventListener("close", () => answer(this.#dialog.returnValue === "delete"), { once: true });
    });
  }
}
