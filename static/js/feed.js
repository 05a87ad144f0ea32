// What the one socket brings, sorted by channel. Messages wait unparsed for the next animation frame, and only
// the last ones of each channel wait: a channel at 2,000 messages a second costs a page what 300 cost.

import { ReconnectingSocket } from "./socket.js";

export const INBOX_MOST = 300;
const BUSY_LINES = 20;
const BUSY_WAIT_MS = 120;
const HIDDEN_WAIT_MS = 500;
const MESSAGE = '{"op":"message","channel":';
const POSITION = '"position":"';
const POSITION_LENGTH = 24;

class Feed {
  #socket;
  #channels = new Map();
  #answerListeners = new Set();
  #stateListeners = new Set();
  #scheduled = false;
  #flushedAt = 0;
  #flushedLines = 0;

  constructor() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new ReconnectingSocket(`${scheme}//${location.host}/ws/`, {
      receive: (text) => this.#receive(text),
      tellState: (state) => this.#changeState(state),
    });
    this.#socket.start();
  }

  get isOpen() {
    return this.#socket.isOpen;
  }

  send(frame) {
    this.#socket.send(frame);
  }

  // A follower may have receive(lines, dropped), subscribed(), gap(frame), system(frame), removed(). `since` is the
  // position after which it wants to miss nothing.
  follow(channelId, follower, since = null) {
    let channel = this.#channels.get(channelId);
    if (!channel) {
      channel = { followers: new Set(), since: null, lines: [], dropped: 0 };
      this.#channels.set(channelId, channel);
    }
    channel.followers.add(follower);
    channel.since = channel.since ?? since;
    this.#subscribe(channelId);
  }

  // listener(frame) gets ack and nack.
  onAnswer(listener) {
    this.#answerListeners.add(listener);
  }

  // listener(state) gets the states of the socket.
  onState(listener) {
    this.#stateListeners.add(listener);
  }

  #changeState(state) {
    if (state === "open") {
      this.#channels.forEach((_, channelId) => this.#subscribe(channelId));
    }
    this.#stateListeners.forEach((listener) => listener(state));
  }

  #subscribe(channelId) {
    const channel = this.#channels.get(channelId);
    if (channel) {
      this.#socket.send({ op: "subscribe", channel: channelId, since: channel.since ?? undefined });
    }
  }

  #receive(text) {
    for (const line of text.split("\n")) {
      if (line.startsWith(MESSAGE)) {
        this.#keep(parseInt(line.slice(MESSAGE.length, MESSAGE.length + 16), 10), line);
      } else if (line) {
        this.#sort(JSON.parse(line), line);
      }
    }
    this.#schedule();
  }

  // A slip stands among the messages, in their order.
  #sort(frame, line) {
    if (frame.op === "system" && frame.slip) {
      this.#keep(frame.channel, line);
    } else {
      this.#dispatch(frame);
    }
  }

  #keep(channelId, line) {
    const channel = this.#channels.get(channelId);
    if (!channel) {
      return;
    }
    const at = line.lastIndexOf(POSITION) + POSITION.length;
    channel.since = line.slice(at, at + POSITION_LENGTH);
    channel.lines.push(line);
    if (channel.lines.length >= 2 * INBOX_MOST) {
      channel.dropped += channel.lines.length - INBOX_MOST;
      channel.lines = channel.lines.slice(-INBOX_MOST);
    }
  }

  #dispatch(frame) {
    if (frame.op === "ack" || frame.op === "nack") {
      this.#answerListeners.forEach((listener) => listener(frame));
      return;
    }
    const channel = this.#channels.get(frame.channel);
    if (!channel) {
      return;
    }
    if (frame.op === "subscribed") {
      channel.since = channel.since ?? frame.position;
      tell(channel, "subscribed", frame);
    } else if (frame.op === "gap") {
      tell(channel, "gap", frame);
    } else if (frame.op === "removed" || (frame.op === "error" && frame.code === "not_found")) {
      this.#flush();
      this.#channels.delete(frame.channel);
      tell(channel, "removed", frame);
    } else if (frame.op === "error" && frame.retry_after_ms) {
      setTimeout(() => this.#subscribe(frame.channel), frame.retry_after_ms);
    } else if (frame.op === "system") {
      channel.since = frame.position ?? channel.since;
      tell(channel, "system", frame);
    }
  }

  // At most once per animation frame; a busy feed rests between two, a hidden page has no frames at all.
  #schedule() {
    if (this.#scheduled) {
      return;
    }
    this.#scheduled = true;
    const flush = () => this.#flush();
    if (document.hidden) {
      setTimeout(flush, HIDDEN_WAIT_MS);
      return;
    }
    const rest = this.#flushedLines > BUSY_LINES ? this.#flushedAt + BUSY_WAIT_MS - performance.now() : 0;
    setTimeout(() => (document.hidden ? flush() : requestAnimationFrame(flush)), Math.max(0, rest));
  }

  #flush() {
    this.#scheduled = false;
    this.#flushedAt = performance.now();
    this.#flushedLines = 0;
    for (const channel of this.#channels.values()) {
      if (channel.lines.length) {
        const dropped = channel.dropped + Math.max(0, channel.lines.length - INBOX_MOST);
        const lines = channel.lines.slice(-INBOX_MOST);
        this.#flushedLines += channel.lines.length;
        channel.lines = [];
        channel.dropped = 0;
        channel.followers.forEach((follower) => follower.receive?.(lines, dropped));
      }
    }
  }
}

function tell(channel, method, frame) {
  channel.followers.forEach((follower) => follower[method]?.(frame));
}

let only = null;

// The page's one feed; the first call opens it.
export function feed() {
  only = only ?? new Feed();
  return only;
}
