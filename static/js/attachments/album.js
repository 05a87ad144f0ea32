// The album's page: its photos open in the viewer.

import { watchLoading } from "./attachment_part.js";
import { Viewer } from "./viewer.js";

export class Album {
  #element;

  constructor(element) {
    this.#element = element;
  }

  start() {
    this.#element.querySelectorAll("[data-photo] img").forEach(watchLoading);
    new Viewer(this.#element).start();
  }
}
