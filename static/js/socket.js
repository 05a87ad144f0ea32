// One WebSocket that comes back by itself: backoff with jitter, a ping against silent death.

const FIRST_DELAY_MS = 500;
const MOST_DELAY_MS = 20_000;
const FLOOD_DELAY_MS = 8_000;
const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 15_000;
const LOGIN_LOOP_MS = 10_000;
const Close = { NOT_LOGGED_IN: 4401, ORIGIN: 4403, FLOOD: 4429, RESTART: 1012 };

export class ReconnectingSocket {
  #url;
  #receive;
  #tellState;
  #socket = null;
  #attempt = 0;
  #timer = null;
  #pinger = null;
  #heardAt = 0;

  // receive(text) gets each frame, tellState(name) one of open, lost, offline, restarting, slow_down,
  // origin_refused.
  constructor(url, { receive, tellState }) {
    this.#url = url;
    this.#receive = receive;
    this.#tellState = tellState;
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  start() {
    addEventListener("online", () => this.#hurry());
    addEventListener("pageshow", (event) => event.persisted && this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
    this.#connect();
  }

  // Sends when open; else the caller repeats after the next "open".
  send(frame) {
    if (this.isOpen) {
      this.#socket.send(JSON.stringify(frame));
    }
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = (event) => {
      this.#heardAt = performance.now();
      this.#attempt = 0;
      this.#receive(event.data);
    };
    socket.onclose = (event) => socket === this.#socket && this.#closed(event.code);
  }

  #opened() {
    this.#heardAt = performance.now();
    this.#pinger = setInterval(() => this.#ping(), PING_EVERY_MS);
    this.#tellState("open");
  }

  #ping() {
    const asked = performance.now();
    this.send({ op: "ping" });
    setTimeout(() => {
      if (this.#heardAt < asked && this.isOpen) {
        this.#abandon();
      }
    }, PONG_WITHIN_MS);
  }

  // A dead connection can take minutes to close: forget it and make a new one.
  #abandon() {
    const dead = this.#socket;
    this.#socket = null;
    dead.onmessage = null;
    dead.close();
    this.#closed(0);
  }

  #closed(code) {
    clearInterval(this.#pinger);
    if (code === Close.NOT_LOGGED_IN && goToLogin()) {
      return;
    }
    if (code === Close.ORIGIN) {
      this.#tellState("origin_refused");
      return;
    }
    this.#tellState(stateAfter(code));
    this.#timer = setTimeout(() => this.#connect(), this.#delay(code));
  }

  // Half of it random, so that a thousand pages do not come back in the same moment.
  #delay(code) {
    const longest = Math.min(MOST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    const most = code === Close.FLOOD ? Math.max(longest, FLOOD_DELAY_MS) : longest;
    return most * (0.5 + Math.random() / 2);
  }

  #hurry() {
    if (this.#timer !== null && navigator.onLine) {
      this.#attempt = 0;
      this.#connect();
    }
  }
}

function stateAfter(code) {
  if (!navigator.onLine) {
    return "offline";
  }
  return { [Close.RESTART]: "restarting", [Close.FLOOD]: "slow_down" }[code] ?? "lost";
}

// The log-in page sends whoever is logged in straight back: twice in a row would go round for ever.
function goToLogin() {
  const before = Number(sessionStorage.getItem("sent-to-login"));
  if (Date.now() - before < LOGIN_LOOP_MS) {
    return false;
  }
  sessionStorage.setItem("sent-to-login", String(Date.now()));
  location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname)}`);
  return true;
}
