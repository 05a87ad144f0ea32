// Pages of earlier messages over HTTP. While the store is away or behind it waits as long as it is told.

import { fromFrame } from "./messages.js";

const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 15_000;

export class History {
  #url;
  #tellAway;

  // tellAway(true) when a page cannot be had now, tellAway(false) when one came.
  constructor(url, tellAway) {
    this.#url = url;
    this.#tellAway = tellAway;
  }

  // The messages strictly between the bounds in the log's order: the newest before `before`, else the oldest after
  // `after`; or those `around` a position. Waits until the server can answer; null when it refuses for good.
  async page({ limit, ...bounds }) {
    const query = new URLSearchParams({ limit: String(limit) });
    for (const [name, position] of Object.entries(bounds)) {
      if (position) {
        query.set(name, position);
      }
    }
    const found = await this.#read(`${this.#url}?${query}`);
    return found && found.results.map(fromFrame).sort((one, other) => (one.position < other.position ? -1 : 1));
  }

  // One message as it is now; null where there is none.
  async one(id) {
    const found = await this.#read(`${this.#url}${id}/`);
    return found && fromFrame(found);
  }

  async #read(address) {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await ask(address);
      if (answer.ok) {
        this.#tellAway(false);
        return answer.json();
      }
      if (answer.status < 500 && answer.status !== 429) {
        return null;
      }
      this.#tellAway(answer.status === 503);
      await pause(delayBefore(answer, attempt));
    }
  }
}

async function ask(address) {
  try {
    return await fetch(address, { headers: { Accept: "application/json" } });
  } catch {
    return new Response(null, { status: 599 }); // no connection: the page says that elsewhere
  }
}

function delayBefore(answer, attempt) {
  const told = Number(answer.headers.get("Retry-After")) * 1000;
  const own = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** attempt);
  return Math.max(told || 0, own) * (0.75 + Math.random() / 2);
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
