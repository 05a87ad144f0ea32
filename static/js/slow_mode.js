// Tells where one writes why nothing can be sent right now, slow mode's pause or a mute, and keeps the composer from
// trying. The server refuses all the same.

import { feed } from "./feed.js";
import { say } from "./sentences.js";
import { clock, dayKey, dayLine } from "./times.js";

const TICK_MS = 250;
const FOREVER_YEAR = 9000; // a mute without an end has one in a far future

export class SlowMode {
  #element;
  #channelId;
  #userId;
  #role;
  #pauseMs;
  #restsUntil = 0;
  #mutedUntil;
  #timer = null;

  constructor(element) {
    const { channel, user, role, seconds, mutedUntil } = element.dataset;
    this.#element = element;
    this.#channelId = Number(channel);
    this.#userId = Number(user);
    this.#role = role;
    this.#pauseMs = Number(seconds) * 1000;
    this.#mutedUntil = mutedUntil ? Date.parse(mutedUntil) : 0;
  }

  start() {
    const form = document.querySelector("[data-composer]");
    form?.addEventListener("submit", (event) => this.#hold(event), true); // before the composer hears of it
    feed().follow(this.#channelId, this);
    feed().onAnswer((answer) => this.#answered(answer));
    const last = [...document.querySelectorAll("[data-messages] .message--own")].at(-1);
    this.#wrote(Number(last?.dataset.sentAt ?? 0));
  }

  // The feed's follower.

  receive(lines) {
    if (this.#pauseMs) {
      const own = lines.map((line) => JSON.parse(line)).filter((frame) => frame.author?.id === this.#userId);
      this.#wrote(own.at(-1)?.sent_at ?? 0);
    }
  }

  system(event) {
    if (event.kind === "changed" && event.slow_seconds !== undefined) {
      this.#pauseMs = event.slow_seconds * 1000;
      this.#restsUntil = this.#pauseMs ? this.#restsUntil : 0;
    } else if (event.user === this.#userId && event.kind === "role") {
      this.#role = event.role;
    } else if (event.user === this.#userId && event.kind === "muted") {
      this.#mutedUntil = event.until ?? 0;
    }
    this.#show();
  }

  #answered(answer) {
    if (answer.code === "slow_mode") {
      this.#restsUntil = Date.now() + answer.retry_after_ms;
    } else if (answer.code === "muted") {
      this.#mutedUntil = answer.until;
    }
    this.#show();
  }

  // The clocks here and there may differ: it is never longer than the pause.
  #wrote(sentAt) {
    if (sentAt && this.#pauseMs && this.#role !== "admin") {
      const now = Date.now();
      this.#restsUntil = Math.min(now, sentAt) + this.#pauseMs;
    }
    this.#show();
  }

  #hold(event) {
    if (this.#sentence()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#show();
    }
  }

  #sentence() {
    const now = Date.now();
    if (this.#mutedUntil > now) {
      return this.#mute(new Date(this.#mutedUntil));
    }
    const seconds = Math.ceil((this.#restsUntil - now) / 1000);
    return seconds > 0 && this.#role !== "admin" ? say("slow_wait", { count: seconds }) : "";
  }

  #mute(until) {
    if (until.getFullYear() > FOREVER_YEAR) {
      return say("muted");
    }
    const isToday = dayKey(until.getTime()) === dayKey(Date.now());
    const time = clock(until.getTime());
    return say("muted_until", { time: isToday ? time : `${dayLine(until.getTime())} ${time}` });
  }

  #show() {
    clearTimeout(this.#timer);
    const sentence = this.#sentence();
    const said = this.#element.querySelector("[data-sentence]");
    this.#element.hidden = !sentence;
    if (said.textContent !== sentence) {
      said.textContent = sentence;
    }
    if (sentence) {
      this.#timer = setTimeout(() => this.#show(), TICK_MS);
    }
  }
}
