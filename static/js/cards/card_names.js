// What people are called whose answers the page knows by id only. Asked for once for each event that needs it.

const ASK_AFTER_MS = 500;
const ASK_SPREAD_MS = 1_000; // not every page of a channel asks in the same moment
const ENOUGH = 8;

export class CardNames {
  #channelId;
  #names;
  #asked = new Set();
  #learned;

  // learned(messageId) hears when names of that event have come. `names` [[id, name]] are known from the start.
  constructor(channelId, names, learned) {
    this.#channelId = channelId;
    this.#names = new Map(names);
    this.#learned = learned;
  }

  get known() {
    return this.#names;
  }

  note(person, name) {
    if (name) {
      this.#names.set(person, name);
    }
  }

  // Makes sure that enough of these people have names.
  want(messageId, people) {
    const known = people.filter((person) => this.#names.has(person)).length;
    if (known < Math.min(people.length, ENOUGH) && !this.#asked.has(messageId)) {
      this.#asked.add(messageId);
      setTimeout(() => this.#ask(messageId), ASK_AFTER_MS + Math.random() * ASK_SPREAD_MS);
    }
  }

  async #ask(messageId) {
    const address = `/api/v1/channels/${this.#channelId}/messages/${messageId}/answers/?choice=0&limit=${ENOUGH}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const { results } = answer.ok ? await answer.json() : { results: [] };
      results.forEach(({ user }) => this.note(user.id, user.username));
      this.#learned(messageId);
    } catch {
      this.#asked.delete(messageId); // no connection: the next drawing asks again
    }
  }
}
