// Photos and files among the messages. They have their place before they are loaded, so nothing moves when they come.

import { fitted, spoken } from "./sizes.js";

export class AttachmentPart {
  #channelId;
  #list;
  #photo;
  #file;

  start({ channelId }) {
    const template = (name) => document.querySelector(`[data-${name}-template]`).content.firstElementChild;
    this.#channelId = channelId;
    this.#list = template("attachments");
    this.#photo = template("photo");
    this.#file = template("file");
  }

  draw(message, element) {
    const place = element.querySelector("[data-parts]");
    let list = place?.querySelector(":scope > [data-attachments]");
    const files = message.deleted ? [] : (message.attachments ?? []);
    if (!files.length || !place) {
      list?.remove();
      return;
    }
    if (!list) {
      list = this.#list.cloneNode(true);
      list.replaceChildren(...files.map((file) => (file.width ? this.#drawPhoto(file) : this.#drawFile(file))));
      const photos = files.filter((file) => file.width).length;
      list.classList.toggle("attachments--tiles", photos > 1);
      place.append(list);
    }
    list.querySelectorAll("img").forEach(watchLoading);
  }

  #drawPhoto(file) {
    const element = this.#photo.cloneNode(true);
    const image = element.querySelector("img");
    element.href = this.#address(file);
    Object.assign(image, { ...fitted(file.width, file.height), alt: file.name, src: `${element.href}thumbnail/` });
    return element;
  }

  #drawFile(file) {
    const element = this.#file.cloneNode(true);
    element.href = this.#address(file);
    element.querySelector("[data-file-name]").textContent = file.name;
    element.querySelector("[data-file-size]").textContent = spoken(file.size);
    return element;
  }

  #address({ id }) {
    return `/channels/${this.#channelId}/attachments/${id}/`;
  }
}

// Says so in the place of a photo that cannot be loaded.
export function watchLoading(image) {
  const show = (broken) => image.parentElement.classList.toggle("photo--broken", broken);
  image.onload = () => show(false);
  image.onerror = () => show(true);
  // One that the server drew may have been tried before this script came; one that waits to be seen was not.
  const wasTried = performance.getEntriesByName(image.src).length > 0;
  if (wasTried && image.complete && image.naturalWidth === 0) {
    show(true);
  }
}
