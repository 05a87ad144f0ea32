// One file on its way to the server, with how far it is. A refusal keeps the file, so that it can be tried again.

import { say } from "./../sentences.js";

export class Upload {
  #address;
  #token;
  #changed;
  #request = null;

  // changed(upload) is called whenever state, progress or failure is another one.
  constructor(file, address, token, changed) {
    this.file = file;
    this.state = "waiting"; // → sending → done, or failed
    this.progress = 0; // 0 to 1
    this.failure = ""; // why, for people
    this.attachment = null; // what the server made of it
    this.mayRetry = true;
    this.#address = address;
    this.#token = token;
    this.#changed = changed;
  }

  get isUnderWay() {
    return this.state === "waiting" || this.state === "sending";
  }

  start() {
    const form = new FormData();
    form.append("file", this.file, this.file.name);
    const request = new XMLHttpRequest(); // fetch tells nobody how much it has sent
    this.#request = request;
    request.open("POST", this.#address);
    request.setRequestHeader("X-CSRFToken", this.#token);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => this.#set({ progress: total ? loaded / total : 0 });
    request.onload = () => this.#answered(request);
    request.onerror = () => this.fail(say("attach.no_connection"));
    this.#set({ state: "sending", progress: 0, failure: "" });
    request.send(form);
  }

  fail(failure, mayRetry = true) {
    this.#set({ state: "failed", failure, mayRetry });
  }

  cancel() {
    this.#request?.abort();
  }

  #answered({ status, response }) {
    if (status === 201) {
      this.#set({ state: "done", progress: 1, attachment: response });
    } else {
      this.fail(response?.detail ?? say("attach.failed"), status >= 500 || status === 429 || status === 0);
    }
  }

  #set(values) {
    Object.assign(this, values);
    this.#changed(this);
  }
}
