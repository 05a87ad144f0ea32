// The search as a page of its own: the keys. Everything else is a form and links.

import { walkWithArrows } from "./hits.js";
import { onSearchKey } from "./search_key.js";

export class SearchPage {
  #element;

  constructor(element) {
    this.#element = element;
  }

  start() {
    const field = this.#element.querySelector("[data-search-field]");
    walkWithArrows(this.#element, field);
    onSearchKey(() => {
      field.focus();
      field.select();
    });
  }
}
