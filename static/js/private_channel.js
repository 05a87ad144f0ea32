// A channel's password is asked for only when the channel is private.

export class PrivateChannel {
  #form;

  constructor(form) {
    this.#form = form;
  }

  start() {
    this.#form.elements.is_private.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    const { is_private: choice, password } = this.#form.elements;
    password.closest(".field").hidden = !choice.checked;
    password.disabled = !choice.checked;
  }
}
