// What never gets into the log: passwords, PINs and tokens. Everything that is written there goes through here.

export const MASK = "••••••";

const SECRET_NAME = /^(?:.*_)?(?:password|pin|token|secret|cookie|authorization)$/i;
// Shorter ones are known by their names alone: four digits stand in every other number by chance.
const SHORTEST_KNOWN = 8;

export class Secrets {
  #known = new Set();

  // From now on this value is hidden wherever it turns up, under whatever name.
  keep(value) {
    if (typeof value === "string" && value.length >= SHORTEST_KNOWN) {
      this.#known.add(value);
    }
  }

  // Keeps what an answer tells under the name of a secret, such as a new token.
  keepAll(value, name = "") {
    if (value !== null && typeof value === "object") {
      Object.entries(value).forEach(([key, one]) => this.keepAll(one, Array.isArray(value) ? name : key));
    } else if (SECRET_NAME.test(name)) {
      this.keep(value);
    }
  }

  // A copy without secrets. Under `errors` names are those of inputs, and their values are sentences.
  mask(value, name = "", isNamed = true) {
    if (isNamed && SECRET_NAME.test(name) && !["", null, undefined].includes(value)) {
      return MASK;
    }
    if (typeof value === "string") {
      return this.#maskText(value);
    }
    if (Array.isArray(value)) {
      return value.map((one) => this.mask(one, name, isNamed));
    }
    if (value !== null && typeof value === "object") {
      const pairs = Object.entries(value).map(([key, one]) => {
        return [this.#maskText(key), this.mask(one, key, isNamed && name !== "errors")];
      });
      return Object.fromEntries(pairs);
    }
    return value;
  }

  #maskText(text) {
    let masked = text;
    for (const secret of this.#known) {
      masked = masked.replaceAll(secret, MASK);
    }
    return masked;
  }
}
