// One field of a form: the value it gives to a request, ids that are known, what is wrong with it.

const NUMBER = /^-?\d+$/;

export class Field {
  #root;
  #input;
  #choice;
  #error;

  constructor(root) {
    this.#root = root;
    this.#input = root.querySelector("[data-value]");
    this.#choice = root.querySelector("[data-known]");
    this.#error = root.querySelector("[data-error]");
    this.#choice?.addEventListener("change", () => this.#turn());
  }

  get name() {
    return this.#root.dataset.field;
  }

  get place() {
    return this.#root.dataset.place;
  }

  get isSecret() {
    return this.#input.type === "password";
  }

  get isEmpty() {
    return this.#text === "";
  }

  get #text() {
    return this.#choice?.value || this.#input.value;
  }

  // As the API takes it; undefined is left out. What is no number goes as it was typed, for the API to refuse.
  get value() {
    const { kind, optional } = this.#root.dataset;
    if (kind === "switch") {
      return this.#input.checked;
    }
    if (this.isEmpty && (optional !== undefined || this.place === "query")) {
      return undefined;
    }
    if (kind !== "number" && kind !== "won") {
      return this.#text;
    }
    const digits = this.#text.replaceAll(kind === "won" ? /[\s,원₩]/g : /\s/g, "");
    if (digits === "") {
      return null;
    }
    return NUMBER.test(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : this.#text;
  }

  // Offers what is known, keeping what was chosen.
  offer(things) {
    if (this.#root.dataset.kind === "fresh" && this.#input.value === "") {
      this.renew();
    }
    if (!this.#choice) {
      return;
    }
    const chosen = this.#choice.hidden ? undefined : this.#choice.value;
    const known = things.of(this.#root.dataset.things.split(" "));
    const another = this.#choice.lastElementChild;
    this.#choice.replaceChildren(...known.map(optionOf), another);
    const isStill = known.some((one) => String(one.id) === chosen) || chosen === "";
    this.#choice.value = isStill ? chosen : String(known[0]?.id ?? "");
    this.#choice.hidden = known.length === 0;
    this.#turn();
  }

  // After success: secrets do not stay in the page, and the next request is another one.
  renew() {
    if (this.isSecret) {
      this.#input.value = "";
    } else if (this.#root.dataset.kind === "fresh") {
      this.#input.value = newKey();
    }
  }

  complain(sentence) {
    this.#error.textContent = sentence;
    for (const one of [this.#input, this.#choice].filter(Boolean)) {
      one.setAttribute("aria-invalid", String(sentence !== ""));
    }
  }

  focus() {
    (this.#choice && !this.#choice.hidden ? this.#choice : this.#input).focus();
  }

  #turn() {
    this.#input.hidden = this.#choice.value !== "";
  }
}

function optionOf({ id, name }) {
  const option = document.createElement("option");
  option.value = String(id);
  option.textContent = `${name} · ${option.value.slice(0, 8)}`;
  return option;
}

// crypto.randomUUID is missing where the page comes over plain HTTP from another machine.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
