// The unread messages of my channels: a badge in each row, all of them in the page's title and icon.

import { feed } from "../feed.js";
import { isPeopleLine } from "../people_lines.js";
import { isVisible, onLooking } from "./looking.js";
import { markOf, noteMark, onMark } from "./marks.js";
import { showTotal } from "./total.js";
import { MOST, UnreadCount } from "./unread_count.js";

const ADDRESS = "/api/v1/channels/unread/";
const ASK_MS = 400;
const ASK_AGAIN_MS = 1_000;
const ASK_MOST_MS = 15_000;
// Notices between processes may be lost: who comes back to the page after so long gets it right anyway, and who
// stays at it after a longer while. What is lost was read: numbers are too high, and none is right.
const STALE_MS = 30_000;
const OLD_MS = 300_000;
// A socket that opens within this time after the page was asked for is told what was read meanwhile.
const FRESH_MS = 8_000;
// What marking.js reads as it comes gets no badge, and neither title nor icon flicker.
const SHOWN_AFTER_MS = 400;

export class UnreadBadges {
  #userId;
  #tellUnknown;
  #rows = new Map();
  #counts = new Map();
  #unshown = new Map(); // channel id: timer
  #timer = null;
  #question = 0;
  #failures = 0;
  #askedAt = performance.now();
  #wasOpen = false;

  // `tellUnknown(channelId)` hears of channels that the server counts and that have no row.
  constructor(userId, tellUnknown) {
    this.#userId = userId;
    this.#tellUnknown = tellUnknown;
  }

  // An element of the list, with what the server counted in its data.
  add(row) {
    const { channel, mark, unread, upto } = row.dataset;
    const known = unread === undefined || unread === "" ? null : Number(unread);
    noteMark(Number(channel), mark);
    this.#rows.set(Number(channel), row);
    this.#counts.set(Number(channel), new UnreadCount({ position: mark, unread: known, upto }));
    this.#change(Number(channel), (count) => count.read(markOf(Number(channel))));
  }

  start() {
    onMark((channelId, position) => this.#change(channelId, (count) => count.read(position)));
    onLooking(() => performance.now() - this.#askedAt > STALE_MS && this.#askIfSeen());
    setInterval(() => this.#someUnread && this.#askIfSeen(), OLD_MS);
    feed().onState((state) => this.#reconnected(state));
  }

  // Lines of the feed; `dropped` older ones were too many.
  receive(channelId, lines, dropped) {
    this.#change(channelId, (count) => {
      const frames = lines.map((line) => JSON.parse(line));
      if (dropped) {
        count.miss(frames[0].position);
      }
      frames
        .filter((frame) => frame.author?.id !== this.#userId && !isPeopleLine(frame))
        .forEach((frame) => count.receive(frame.position));
    });
  }

  gap(channelId, hole) {
    this.#change(channelId, (count) => count.miss(hole.before));
  }

  forget(channelId) {
    clearTimeout(this.#unshown.get(channelId));
    this.#unshown.delete(channelId);
    this.#counts.delete(channelId);
    this.#rows.delete(channelId);
    this.#showTotal();
  }

  // Messages are caught up by the feed; what was read elsewhere meanwhile has to be asked.
  #reconnected(state) {
    if (state === "open") {
      if (this.#wasOpen || performance.now() > FRESH_MS) {
        this.#askAnew(ASK_MS);
      }
      this.#wasOpen = true;
    }
  }

  #change(channelId, change) {
    const count = this.#counts.get(channelId);
    if (!count) {
      return;
    }
    change(count);
    this.#show(channelId, count);
    if (count.isUnsure) {
      this.#ask(ASK_MS);
    }
  }

  #show(channelId, { value }) {
    const row = this.#rows.get(channelId);
    row.dataset.unread = value;
    if (value === 0 || !row.querySelector("[data-badge]").hidden) {
      this.#draw(channelId);
    } else if (!this.#unshown.has(channelId)) {
      this.#unshown.set(channelId, setTimeout(() => this.#draw(channelId), SHOWN_AFTER_MS));
    }
  }

  #draw(channelId) {
    clearTimeout(this.#unshown.get(channelId));
    this.#unshown.delete(channelId);
    const row = this.#rows.get(channelId);
    const badge = row.querySelector("[data-badge]");
    const count = Number(row.dataset.unread);
    badge.hidden = count === 0;
    badge.querySelector("[data-badge-count]").textContent = count >= MOST ? `${MOST}+` : count;
    this.#showTotal();
  }

  get #someUnread() {
    return [...this.#counts.values()].some((count) => count.value > 0);
  }

  #askIfSeen() {
    if (isVisible()) {
      this.#askAnew(0);
    }
  }

  #showTotal() {
    const isTold = (row) => !("quiet" in row.dataset) && !row.hidden && !row.querySelector("[data-badge]").hidden;
    const told = [...this.#rows.values()].filter(isTold);
    showTotal(told.reduce((sum, { dataset }) => sum + Number(dataset.unread), 0));
  }

  #ask(wait) {
    this.#timer = this.#timer ?? setTimeout(() => this.#askNow(), wait);
  }

  // What happened elsewhere meanwhile: an answer that is under way may be older, and a rest may be long.
  #askAnew(wait) {
    clearTimeout(this.#timer);
    this.#question += 1;
    this.#failures = 0;
    this.#timer = setTimeout(() => this.#askNow(), wait);
  }

  async #askNow() {
    this.#question += 1;
    const question = this.#question;
    this.#askedAt = performance.now();
    const answer = await fetch(ADDRESS, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (question !== this.#question) {
      return;
    }
    this.#timer = null;
    for (const one of told?.results ?? []) {
      noteMark(one.channel, one.position);
      const count = this.#counts.get(one.channel);
      if (count) {
        count.settle(one);
        this.#show(one.channel, count);
      } else {
        this.#tellUnknown(one.channel);
      }
    }
    if (!told || [...this.#counts.values()].some((count) => count.isUnsure)) {
      this.#failures += 1;
      this.#ask(Math.min(ASK_MOST_MS, ASK_AGAIN_MS * 2 ** (this.#failures - 1)));
    } else {
      this.#failures = 0;
    }
  }
}
