// What became of messages as far as this page heard: edits, deletions, reactions, answers, pins. Of two changes of the
// same thing the later position wins, in whatever order and however often they come, as in chat/pipeline/changes.py.
// They are kept for a while also for messages that are not on the page: a page of history may be older than they are.

const MOST = 1_000; // messages

export class Changes {
  #known = new Map();
  #floor = "";

  // Takes one event {op, message, author, position, …} in; whether it says anything new.
  fold(event) {
    if (event.position < this.#floor) {
      return false;
    }
    const known = this.#known.get(event.message) ?? new Map();
    const before = known.get(matter(event));
    const isNewer = !before || (event.op === "deleted" ? event.position < before.position : event.position > before.position);
    if (isNewer) {
      known.set(matter(event), event);
      this.#known.set(event.message, known);
      this.#forgetOldest();
    }
    return isNewer;
  }

  // From here on history knows better what was before that position.
  forgetBefore(position) {
    this.#floor = position;
    for (const [id, known] of this.#known) {
      known.forEach((event, key) => event.position < position && known.delete(key));
      if (!known.size) {
        this.#known.delete(id);
      }
    }
  }

  // The message as it is after all of it, and so what it quotes.
  over(message) {
    const quoted = message.quote && this.#known.get(message.quote.id);
    const known = this.#known.get(message.id);
    const quote = quoted ? overQuote(message.quote, quoted) : message.quote;
    return known ? changed({ ...message, quote }, [...known.values()]) : quoted ? { ...message, quote } : message;
  }

  #forgetOldest() {
    while (this.#known.size > MOST) {
      this.#known.delete(this.#known.keys().next().value);
    }
  }
}

// What an event decides about.
function matter({ op, author, emoji }) {
  return { reacted: `reacted ${author.id} ${emoji}`, answered: `answered ${author.id}` }[op] ?? op;
}

function changed(message, events) {
  const after = { ...message, reactions: { ...message.reactions }, answers: { ...message.answers } };
  events.sort((one, other) => (one.position < other.position ? -1 : 1)).forEach((event) => change(after, event));
  return after.deleted ? emptied(after) : after;
}

function change(message, event) {
  if (event.op === "edited") {
    Object.assign(message, { text: event.text, mentions: event.mentions ?? [], editedAt: event.sent_at });
  } else if (event.op === "deleted") {
    Object.assign(message, { deletedBy: message.deletedBy ?? event.author.id, deleted: true });
  } else if (event.op === "pinned") {
    message.notice = event.on;
  } else if (event.op === "answered") {
    setOrDrop(message.answers, event.author.id, event.choices);
  } else if (event.op === "reacted") {
    const people = (message.reactions[event.emoji] ?? []).filter((id) => event.on || id !== event.author.id);
    const isThere = people.includes(event.author.id);
    setOrDrop(message.reactions, event.emoji, event.on && !isThere ? [...people, event.author.id] : people);
  }
}

function setOrDrop(among, key, values) {
  if (values.length) {
    among[key] = values;
  } else {
    delete among[key];
  }
}

function emptied(message) {
  return { ...message, text: "", mentions: [], attachments: [], card: null, reactions: {}, answers: {}, notice: false };
}

function overQuote(quote, known) {
  const edit = known.get("edited");
  const deleted = quote.deleted || known.has("deleted");
  return { ...quote, deleted, text: deleted ? "" : (edit?.text ?? quote.text) };
}
