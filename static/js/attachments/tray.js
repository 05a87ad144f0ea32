// What goes out with the next message: photos and files above the box, each with its progress.

import { say } from "./../sentences.js";
import { spoken } from "./sizes.js";
import { Upload } from "./upload.js";

const MOST = 10; // chat/protocol.py takes no more in one message
const AT_ONCE = 3;
const PHOTO = /^image\/(jpeg|png|gif|webp|avif|heic|heif)$/;
const SHOWN_BY_BROWSERS = /^image\/(jpeg|png|gif|webp|avif)$/;

export class Tray {
  #form;
  #address;
  #list;
  #template;
  #status;
  #token;
  #limits;
  #uploads = new Map(); // Upload → its element
  #sendsWhenReady = false;

  constructor(form, address) {
    this.#form = form;
    this.#address = address;
    this.#list = form.querySelector("[data-tray]");
    this.#template = document.querySelector("[data-tray-template]").content.firstElementChild;
    this.#status = form.querySelector("[data-tray-status]");
    this.#token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const { photoBytes, fileBytes } = this.#list.dataset;
    this.#limits = { photo: Number(photoBytes), file: Number(fileBytes) };
  }

  add(files) {
    const room = MOST - this.#uploads.size;
    for (const file of [...files].slice(0, room)) {
      const upload = new Upload(file, this.#address, this.#token, (one) => this.#show(one));
      this.#uploads.set(upload, this.#draw(upload));
      this.#refuseTooLarge(upload);
    }
    this.#say(files.length > room ? say("attach.most", { count: MOST }) : "");
    this.#go();
  }

  // For the composer: what the next message carries.

  get isEmpty() {
    return this.#uploads.size === 0;
  }

  // When all is there; until then whoever wants to send waits.
  get isReady() {
    return [...this.#uploads.keys()].every((upload) => upload.state === "done");
  }

  sendWhenReady() {
    const failed = [...this.#uploads.keys()].some((upload) => upload.state === "failed");
    this.#sendsWhenReady = !failed;
    this.#say(say(failed ? "attach.remove_failed" : "attach.sends_when_ready"));
  }

  take() {
    const attachments = [...this.#uploads.keys()].map((upload) => upload.attachment);
    [...this.#uploads.keys()].forEach((upload) => this.#remove(upload));
    this.#say("");
    return attachments;
  }

  #refuseTooLarge(upload) {
    const { type, size } = upload.file;
    const most = PHOTO.test(type) ? this.#limits.photo : this.#limits.file;
    if (size > most) {
      upload.fail(say("attach.too_large", { size: spoken(most) }), false);
    } else if (size === 0) {
      upload.fail(say("attach.empty"), false);
    }
  }

  #go() {
    const all = [...this.#uploads.keys()];
    const free = AT_ONCE - all.filter((upload) => upload.state === "sending").length;
    all.filter((upload) => upload.state === "waiting").slice(0, Math.max(0, free)).forEach((one) => one.start());
  }

  #draw(upload) {
    const element = this.#template.cloneNode(true);
    const image = element.querySelector("img");
    const show = (isShown) => {
      image.hidden = !isShown;
      element.querySelector("[data-tray-file]").hidden = isShown;
    };
    show(SHOWN_BY_BROWSERS.test(upload.file.type));
    if (!image.hidden) {
      image.onerror = () => show(false); // no picture, whatever its name says
      image.src = URL.createObjectURL(upload.file);
    }
    element.querySelector("[data-tray-name]").textContent = upload.file.name;
    element.querySelector("[data-tray-remove-name]").textContent = upload.file.name;
    element.querySelector("[data-tray-remove]").onclick = () => this.#drop(upload);
    element.querySelector("[data-tray-retry]").onclick = () => upload.start();
    this.#list.append(element);
    this.#list.hidden = false;
    return element;
  }

  #show(upload) {
    const element = this.#uploads.get(upload);
    if (!element) {
      return;
    }
    const failed = upload.state === "failed";
    const bar = element.querySelector("progress");
    bar.value = upload.progress;
    bar.hidden = !upload.isUnderWay;
    element.classList.toggle("tray__item--failed", failed);
    element.querySelector("[data-tray-retry]").hidden = !failed || !upload.mayRetry;
    element.querySelector("[data-tray-failure]").textContent = failed ? upload.failure : "";
    if (failed) {
      this.#sendsWhenReady = false;
      this.#say("");
    }
    if (!upload.isUnderWay) {
      this.#go();
      this.#sendIfAsked();
    }
  }

  #sendIfAsked() {
    if (this.#sendsWhenReady && this.isReady) {
      this.#sendsWhenReady = false;
      this.#form.requestSubmit();
    }
  }

  #drop(upload) {
    upload.cancel();
    this.#remove(upload);
    this.#say("");
    this.#go();
    this.#sendsWhenReady &&= !this.isEmpty;
    this.#sendIfAsked();
    this.#form.querySelector("textarea").focus({ preventScroll: true });
  }

  #remove(upload) {
    const element = this.#uploads.get(upload);
    URL.revokeObjectURL(element.querySelector("img").src);
    element.remove();
    this.#uploads.delete(upload);
    this.#list.hidden = this.isEmpty;
  }

  #say(sentence) {
    this.#status.textContent = sentence;
    this.#status.hidden = !sentence;
  }
}
