// The last messages of the talk, in order, also while the window shows others.

export class Latest {
  #most;
  #messages;

  constructor(most, messages) {
    this.#most = most;
    this.#messages = messages;
  }

  get all() {
    return this.#messages;
  }

  get first() {
    return this.#messages[0] ?? null;
  }

  get last() {
    return this.#messages.at(-1) ?? null;
  }

  find(id) {
    return this.#messages.find((message) => message.id === id) ?? null;
  }

  restart(messages) {
    this.#messages = messages.slice(-this.#most);
  }

  // Takes in those that are missing, and returns them.
  remember(messages) {
    const known = new Set(this.#messages.map((message) => message.id));
    const missing = messages.filter((message) => !known.has(message.id));
    const end = this.last?.position ?? "";
    this.#messages.push(...missing);
    if (missing.some((message) => message.position < end)) {
      this.#messages.sort(byPosition);
    }
    this.#messages = this.#messages.slice(-this.#most);
    return missing;
  }

  renew(isMeant, change) {
    this.#messages = this.#messages.map((message) => (isMeant(message) ? change(message) : message));
  }
}

export function byPosition(one, other) {
  return one.position < other.position ? -1 : 1;
}
