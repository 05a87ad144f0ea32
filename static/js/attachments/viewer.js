// Photos one after the other over the page: arrows, a finger, Esc, download, and from the album the way to the message.

import { watchSwipe } from "./swipe.js";

export class Viewer {
  #root;
  #dialog;
  #image;
  #photo = null; // the link that is shown

  constructor(root) {
    this.#root = root;
    this.#dialog = document.querySelector("[data-viewer]");
    this.#image = this.#part("image");
  }

  start() {
    this.#root.addEventListener("click", (event) => this.#clicked(event));
    this.#part("previous").onclick = () => this.#step(-1);
    this.#part("next").onclick = () => this.#step(1);
    this.#part("close").onclick = () => this.#dialog.close();
    watchSwipe(this.#part("frame"), (by) => this.#step(by));
    this.#dialog.addEventListener("keydown", (event) => this.#pressed(event));
    this.#dialog.addEventListener("click", (event) => event.target === this.#dialog && this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#closed());
    this.#image.onload = () => this.#said(false);
    this.#image.onerror = () => this.#said(true);
  }

  // With a modifier a link does what links do.
  #clicked(event) {
    const photo = event.target.closest("[data-photo]");
    if (photo && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.#show(photo);
      this.#dialog.showModal();
    }
  }

  #show(photo) {
    this.#photo = photo;
    const small = photo.querySelector("img");
    this.#said(false);
    this.#image.src = photo.href;
    this.#image.alt = small.alt;
    this.#part("name").textContent = small.alt;
    this.#part("download").href = photo.href;
    this.#part("download").download = small.alt;
    const jump = this.#part("jump");
    jump.hidden = !photo.dataset.jump;
    jump.href = photo.dataset.jump ?? "";
    const at = this.#photos.indexOf(photo);
    this.#part("previous").disabled = at === 0;
    this.#part("next").disabled = at === this.#photos.length - 1;
  }

  // Messages may have come or gone meanwhile.
  get #photos() {
    return [...this.#root.querySelectorAll("[data-photo]")];
  }

  #step(by) {
    const photos = this.#photos;
    const next = photos[photos.indexOf(this.#photo) + by];
    if (next) {
      this.#show(next);
    }
  }

  #pressed(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) {
      event.preventDefault();
      this.#step(by);
    }
  }

  #closed() {
    this.#image.removeAttribute("src");
    this.#photo.focus();
  }

  #said(broken) {
    this.#part("broken").hidden = !broken;
    this.#image.hidden = broken;
  }

  #part(name) {
    return this.#dialog.querySelector(`[data-viewer-${name}]`);
  }
}
