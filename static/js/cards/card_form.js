// The form for a new poll or event: no more places for choices than are used, and how the card will look.

import { CardView } from "./card_view.js";

const FEWEST = 2;

export class CardForm {
  #form;
  #view;
  #place;
  #preview;

  constructor(form) {
    this.#form = form;
    this.#view = new CardView(form.parentElement);
    this.#place = form.parentElement.querySelector("[data-card-preview]");
  }

  start() {
    this.#form.querySelector("[data-card-preview-button]").hidden = true;
    this.#place.querySelector("[data-card]")?.remove();
    this.#preview = this.#view.make();
    this.#preview.addEventListener("submit", (event) => event.preventDefault());
    this.#form.elements.zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.#place.append(this.#preview);
    this.#form.addEventListener("input", () => this.#show());
    this.#show();
  }

  #show() {
    this.#showPlaces();
    const card = this.#card();
    this.#place.hidden = !card.title;
    this.#view.fill(this.#preview, { card }, 0);
  }

  // The used ones and one more.
  #showPlaces() {
    const places = [...this.#form.querySelectorAll("[data-choice-field]")];
    const used = places.findLastIndex((place) => place.querySelector("input").value.trim()) + 1;
    places.forEach((place, index) => (place.hidden = index > Math.max(FEWEST - 1, used)));
  }

  #card() {
    const fields = new FormData(this.#form);
    const line = (name) => (fields.get(name) ?? "").split(/\s+/).join(" ").trim();
    const names = [...fields.keys()].filter((name) => name.startsWith("choice_"));
    return {
      kind: this.#form.dataset.kind,
      title: line("title"),
      choices: names.map(line).filter(Boolean),
      multiple: fields.has("multiple"),
      closes_at: moment(line("closes_at")),
      starts_at: moment(line("starts_at")),
      place: line("place"),
    };
  }
}

// In the reader's time zone, which the form tells the server.
function moment(local) {
  return local ? Date.parse(local) : null;
}
