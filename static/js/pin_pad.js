// The keys over the PIN field. Digits go into the field's value alone, never into the page's text.

const LEAST = 4;
const MOST = 6;
const DIGIT = /^[0-9]$/;

export class PinPad {
  #box;
  #input;
  #keys;

  constructor(box) {
    this.#box = box;
    this.#input = box.querySelector("[data-input]");
    this.#keys = box.querySelector("[data-keys]");
  }

  start() {
    this.#box.classList.add("pin--pad");
    this.#box.querySelector("[data-plain]").hidden = true;
    this.#box.querySelector("[data-circles]").hidden = false;
    this.#keys.hidden = false;
    this.#input.tabIndex = -1;
    this.#input.value = "";
    this.#keys.addEventListener("click", (event) => this.#press(event.target.closest("button")));
    this.#box.ownerDocument.addEventListener("keydown", (event) => this.#type(event));
    this.#input.addEventListener("input", () => this.#show());
    this.#show();
  }

  get isComplete() {
    return this.#input.value.length >= LEAST;
  }

  clear() {
    this.#input.value = "";
    this.#show();
  }

  // While the answer is under way nothing can be pressed.
  disable(disabled) {
    for (const key of this.#keys.querySelectorAll("button")) {
      key.disabled = disabled;
    }
    if (!disabled) {
      this.#show();
    }
  }

  say(sentence, { wrong = false } = {}) {
    const said = this.#box.querySelector("[data-said]");
    said.textContent = sentence;
    said.classList.toggle("pin__said--wrong", wrong);
  }

  sentence(name) {
    return this.#box.dataset[name];
  }

  #press(key) {
    if (key?.dataset.digit) {
      this.#add(key.dataset.digit);
    } else if (key && "erase" in key.dataset) {
      this.#erase();
    }
  }

  // A keyboard types digits wherever the focus is, but for other fields.
  #type(event) {
    const elsewhere = event.target.closest?.("input, textarea, select");
    if (event.ctrlKey || event.metaKey || event.altKey || elsewhere || this.#isBusy()) {
      return;
    }
    if (DIGIT.test(event.key)) {
      this.#add(event.key);
    } else if (event.key === "Backspace") {
      event.preventDefault();
      this.#erase();
    } else if (event.key === "Enter" && !event.target.closest?.("a, button, summary") && this.isComplete) {
      this.#input.form.requestSubmit();
    }
  }

  #isBusy() {
    return this.#keys.querySelector("[data-erase]").disabled;
  }

  #add(digit) {
    if (this.#input.value.length < MOST) {
      this.#input.value += digit;
      this.#show();
    }
  }

  #erase() {
    this.#input.value = this.#input.value.slice(0, -1);
    this.#show();
  }

  #show() {
    const { length } = this.#input.value;
    const circles = this.#box.querySelector("[data-circles]");
    circles.setAttribute("aria-label", this.sentence("dots").replace("{count}", length));
    for (const [number, dot] of [...circles.children].entries()) {
      dot.classList.toggle("pin__dot--full", number < length);
    }
    this.#keys.querySelector("[data-go]").disabled = !this.isComplete;
  }
}
