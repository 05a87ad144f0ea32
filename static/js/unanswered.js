// What an account asked of the server and what it has not answered yet, in the browser's storage: it survives the tab
// and the browser. Each item belongs to one page, the one that was looked at last: only that one shows and sends it.
// Two pages may take the same one in the same moment; the server knows a repeat by its client_id.

const PREFIX = "unanswered/";
const MOST = 100; // of an account and kind
const MOST_CHARACTERS = 250_000;
const FORGET_MS = 30 * 24 * 3600 * 1000; // of any account: nobody comes back for it
const thisPage = newId();

export class Unanswered {
  #prefix;

  constructor(kind, userId) {
    this.#prefix = `${PREFIX}${userId}/${kind}/`;
    forgetOld();
  }

  // What is this page's, as it was asked, one after the other: with `all` whatever any page had, else also what a page
  // left that was closed.
  mine(all) {
    const items = keysOf(this.#prefix).map((key) => JSON.parse(localStorage.getItem(key)));
    const own = items.filter((item) => all || item.page === thisPage || (item.page === null && !document.hidden));
    own.filter((item) => item.page !== thisPage).forEach((item) => this.keep(item));
    return own.sort((one, other) => one.askedAt - other.askedAt);
  }

  // Writes it down as this page's. False when there is no room: it lives as long as the page does.
  keep(item) {
    const key = this.#prefix + item.clientId;
    const line = JSON.stringify({ ...item, page: thisPage });
    const others = keysOf(this.#prefix).filter((other) => other !== key);
    const taken = others.reduce((sum, other) => sum + localStorage.getItem(other).length, 0);
    item.page = others.length < MOST && taken + line.length <= MOST_CHARACTERS && written(key, line) ? thisPage : undefined;
    return item.page === thisPage;
  }

  drop(clientId) {
    localStorage.removeItem(this.#prefix + clientId);
  }

  // look(all) is called when mine(all) may be something else than before.
  watch(look) {
    addEventListener("storage", ({ key }) => (key === null || key.startsWith(this.#prefix)) && look(false));
    addEventListener("focus", () => look(true));
    addEventListener("pageshow", (event) => event.persisted && look(true));
    document.addEventListener("visibilitychange", () => document.hidden || look(true));
    addEventListener("pagehide", () => this.#letGo());
  }

  // Another page may take it now.
  #letGo() {
    for (const key of keysOf(this.#prefix)) {
      const item = JSON.parse(localStorage.getItem(key));
      if (item.page === thisPage) {
        written(key, JSON.stringify({ ...item, page: null }));
      }
    }
  }
}

// How many of this account's messages were not sent.
export function countUnsent(userId) {
  return keysOf(`${PREFIX}${userId}/outbox/`).length;
}

// Whether anything of this account waits for an answer.
export function isAnythingLeft(userId) {
  return keysOf(`${PREFIX}${userId}/`).length > 0;
}

export function forgetUnanswered(userId) {
  keysOf(`${PREFIX}${userId}/`).forEach((key) => localStorage.removeItem(key));
}

// randomUUID exists on secure origins only; a phone in the same network may open the site by plain HTTP.
export function newId() {
  if (crypto.randomUUID) {
    return crypto.randomUUID();
  }
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function keysOf(prefix) {
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
}

function written(key, line) {
  try {
    localStorage.setItem(key, line);
    return true;
  } catch {
    return false; // the browser has no room, or keeps nothing at all
  }
}

function forgetOld() {
  for (const key of keysOf(PREFIX)) {
    if (Date.now() - JSON.parse(localStorage.getItem(key)).askedAt > FORGET_MS) {
      localStorage.removeItem(key);
    }
  }
}
