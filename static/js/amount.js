// The amount field: thousands while typing, the reading under it, chips, and what would be left.

import { grouped, koreanReading, parseWon, retyped } from "./money.js";

const KOREAN = document.documentElement.lang === "ko";

export class Amount {
  #form;
  #box;
  #input;
  #source;

  constructor(form) {
    this.#form = form;
    this.#box = form.querySelector("[data-amount]");
    this.#input = this.#box.querySelector("input");
    this.#source = form.querySelector("[data-source]");
  }

  start() {
    this.#box.querySelector("[data-chips]").hidden = false;
    this.#input.addEventListener("input", (event) => this.#tidy(event));
    this.#box.addEventListener("click", (event) => this.#press(event.target.closest("[data-add], [data-all]")));
    this.#source?.addEventListener("change", () => this.#show());
    this.#form.querySelector("[data-later]")?.addEventListener("input", () => this.#show());
    if (parseWon(this.#input.value)) {
      this.#write(parseWon(this.#input.value));
    }
    this.#showAfter(this.#amount());
  }

  // Keeps the place in the number: so many digits stand behind the cursor as before.
  #tidy(event) {
    const pasted = event.inputType === "insertFromPaste" || event.inputType === "insertFromDrop";
    const { value, selectionEnd } = this.#input;
    const amount = pasted ? parseWon(value) : retyped(value);
    if (amount !== null && !Number.isNaN(amount)) {
      const behind = value.slice(selectionEnd).replace(/\D/g, "").length;
      this.#write(amount);
      this.#place(behind);
    }
    this.#show();
  }

  #place(behind) {
    let place = this.#input.value.length;
    for (let left = behind; left > 0 && place > 0; place -= 1) {
      left -= /\d/.test(this.#input.value[place - 1]) ? 1 : 0;
    }
    this.#input.setSelectionRange(place, place);
  }

  #press(chip) {
    if (!chip) {
      return;
    }
    const now = this.#amount() || 0;
    this.#write(chip.dataset.add ? now + Number(chip.dataset.add) : this.#balance());
    this.#show();
  }

  #write(amount) {
    this.#input.value = grouped(amount);
  }

  #amount() {
    return parseWon(this.#input.value);
  }

  #balance() {
    const chosen = this.#source?.selectedOptions[0].dataset.balance;
    return Number(chosen ?? this.#form.dataset.balance);
  }

  // A transfer for later may be more than is there today.
  #missing(amount) {
    const waits = Boolean(this.#form.elements.first_day?.value);
    const leaves = "balance" in this.#form.dataset && !("adds" in this.#form.dataset);
    return leaves && !waits ? Math.max(0, amount - this.#balance()) : 0;
  }

  #show() {
    const amount = this.#amount();
    const { malformed, over } = this.#box.dataset;
    const isMalformed = Number.isNaN(amount) || amount === 0;
    const missing = isMalformed ? 0 : this.#missing(amount ?? 0);
    const words = amount && !isMalformed && KOREAN ? [koreanReading(amount)] : [];
    if (isMalformed) {
      words.push(malformed);
    } else if (missing) {
      words.push(over.replace("{missing}", this.#won(missing)));
    }
    const reading = this.#box.querySelector("[data-reading]");
    reading.textContent = words.join(" · ");
    const wrong = isMalformed || missing > 0;
    reading.classList.toggle("amount__reading--wrong", wrong);
    this.#input.parentElement.classList.toggle("amount__line--wrong", wrong);
    this.#input.setAttribute("aria-invalid", String(wrong));
    this.#form.querySelector("[data-go]").disabled = wrong;
    this.#showAfter(amount);
  }

  #showAfter(amount) {
    const row = this.#form.querySelector("[data-after-row]");
    if (!row) {
      return;
    }
    const now = this.#form.querySelector("[data-now]");
    if (now) {
      now.textContent = this.#won(this.#balance());
    }
    const left = this.#balance() + ("adds" in this.#form.dataset ? 1 : -1) * amount;
    row.hidden = !amount || left < 0;
    row.querySelector("[data-after]").textContent = row.hidden ? "" : this.#won(left);
  }

  #won(amount) {
    return this.#box.dataset.won.replace("{amount}", grouped(amount));
  }
}
