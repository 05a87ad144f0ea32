// Turns notifications on and off for this browser.

import { say } from "../sentences.js";

export class Notifications {
  #element;
  #button;
  #note;
  #token;
  #key;

  constructor(element) {
    this.#element = element;
    this.#button = element.querySelector("[data-push-switch]");
    this.#note = element.querySelector("[data-push-note]");
    this.#token = element.querySelector("[name=csrfmiddlewaretoken]").value;
    this.#key = element.dataset.key;
  }

  async start() {
    const zone = this.#element.querySelector("[name=zone]");
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value;
    if (!this.#button) {
      return;
    }
    if (!("PushManager" in window) || !("serviceWorker" in navigator)) {
      this.#say("push.unsupported", null);
      return;
    }
    this.#button.onclick = () => this.#turn();
    await this.#show();
  }

  async #subscription() {
    const worker = await navigator.serviceWorker.ready;
    return worker.pushManager.getSubscription();
  }

  async #show() {
    if (Notification.permission === "denied") {
      this.#say("push.denied", null);
      return;
    }
    const on = await this.#subscription();
    this.#say(on ? "push.on" : "push.off", on ? "push.turn_off" : "push.turn_on");
    this.#button.setAttribute("aria-pressed", String(Boolean(on)));
  }

  async #turn() {
    this.#button.disabled = true;
    try {
      const subscription = await this.#subscription();
      await (subscription ? this.#turnOff(subscription) : this.#turnOn());
      await this.#show();
    } catch {
      const denied = Notification.permission === "denied";
      this.#say(denied ? "push.denied" : "push.failed", denied ? null : "push.turn_on");
    }
    this.#button.disabled = this.#button.hidden;
  }

  async #turnOn() {
    if ((await Notification.requestPermission()) !== "granted") {
      return;
    }
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: this.#key,
    });
    const { endpoint, keys } = subscription.toJSON();
    const kept = await this.#call("POST", { endpoint, keys });
    if (!kept.ok) {
      await subscription.unsubscribe();
      throw new Error("refused");
    }
  }

  async #turnOff(subscription) {
    await subscription.unsubscribe();
    await this.#call("DELETE", { endpoint: subscription.endpoint });
  }

  #call(method, body) {
    return fetch("/api/v1/push/subscriptions/", {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.#token },
      body: JSON.stringify(body),
    });
  }

  #say(note, action) {
    this.#note.textContent = say(note);
    this.#button.hidden = action === null;
    this.#button.textContent = action ? say(action) : "";
  }
}
