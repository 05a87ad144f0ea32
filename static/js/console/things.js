// What the page knows ids of, so that nobody has to copy numbers from the log into the next form.

const MOST_OF_A_KIND = 50;
const WALLET = "wallet";
const POSITION = "position"; // what the API wants of a message
const NAME_LENGTH = 24;

export class Things {
  #found;

  constructor(found) {
    this.#found = found;
  }

  // Takes over what an answer tells: one thing goes to the front, a list to the end.
  learn(gives, content) {
    const isList = Array.isArray(content.results);
    for (const one of isList ? content.results : [content]) {
      const thing = { thing: gives === WALLET ? one.kind : gives, id: gives === POSITION ? one.position : one.id, name: nameOf(one) };
      const others = this.#found.filter((known) => known.thing !== thing.thing || known.id !== thing.id);
      const isKnown = others.length < this.#found.length;
      if (!isList) {
        this.#found = [thing, ...others];
      } else if (!isKnown) {
        this.#found.push(thing);
      }
    }
  }

  // Of these kinds, in their order.
  of(kinds) {
    return kinds.flatMap((kind) => {
      return this.#found.filter((one) => one.thing === kind).slice(0, MOST_OF_A_KIND);
    });
  }
}

function nameOf(one) {
  const name = one.name ?? one.title ?? one.text ?? `${one.source_label} → ${one.target_label}`;
  return name.slice(0, NAME_LENGTH);
}
