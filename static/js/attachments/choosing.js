// The ways of files into the tray: chosen, photographed, dropped onto the talk, pasted into the box.

export class Choosing {
  #talk;
  #form;
  #take;
  #inside = 0; // how many elements of the talk the dragged files are over: entering a child leaves no parent

  // take(files) gets what was chosen.
  constructor(talk, form, take) {
    this.#talk = talk;
    this.#form = form;
    this.#take = take;
  }

  start() {
    this.#form.addEventListener("paste", (event) => this.#paste(event));
    this.#talk.addEventListener("dragenter", (event) => this.#drag(event, 1));
    this.#talk.addEventListener("dragleave", (event) => this.#drag(event, -1));
    this.#talk.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
    this.#talk.addEventListener("drop", (event) => this.#drop(event));
  }

  ask() {
    this.#open({ multiple: true });
  }

  askCamera() {
    this.#open({ accept: "image/*", capture: "environment" });
  }

  #open(options) {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", hidden: true }, options);
    input.onchange = () => {
      this.#take(input.files);
      input.remove();
    };
    this.#form.append(input); // Safari forgets an input that is nowhere
    input.click();
  }

  #paste(event) {
    const files = event.clipboardData?.files;
    if (files?.length) {
      event.preventDefault();
      this.#take(files);
    }
  }

  #drag(event, step) {
    if (holdsFiles(event)) {
      event.preventDefault();
      this.#mark(this.#inside + step);
    }
  }

  #drop(event) {
    if (holdsFiles(event)) {
      event.preventDefault();
      this.#mark(0);
      this.#take(event.dataTransfer.files);
    }
  }

  #mark(inside) {
    this.#inside = Math.max(0, inside);
    this.#talk.classList.toggle("talk--drop", this.#inside > 0);
  }
}

function holdsFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}
