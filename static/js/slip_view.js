// Draws slips from the same markup the server uses, and folds those that belong together into one line.

import { foldKey, folded, shown } from "./slip_words.js";
import { clock, dayKey } from "./times.js";

export class SlipView {
  #frame;
  #cards = new Map();
  #drawn;

  // drawn(element, message) hears of each slip that was drawn.
  constructor(root, drawn) {
    this.#frame = root.querySelector("[data-slip-frame]");
    this.#drawn = drawn;
    for (const template of root.querySelectorAll("[data-slip-kind]")) {
      this.#cards.set(template.dataset.slipKind, template);
    }
  }

  draw(message) {
    const element = copy(this.#frame);
    Object.assign(element.dataset, {
      id: message.id,
      position: message.position,
      kind: message.kind,
      slip: JSON.stringify(message.slip),
      sentAt: message.sentAt,
    });
    element.querySelector("[data-name]").textContent = message.authorName;
    const time = element.querySelector("[data-time]");
    time.textContent = clock(message.sentAt);
    time.dateTime = new Date(message.sentAt).toISOString();
    element.querySelector("[data-card]").append(this.#card(message.kind, shown(message.kind, message.slip)));
    this.#drawn(element, message);
    return element;
  }

  // Looks through all entries {message, element} of the window, in order. `open`: every fold opens.
  fold(entries, open) {
    let run = [];
    for (const entry of entries) {
      if (run.length && !belong(run[0].message, entry.message)) {
        this.#foldRun(run, open);
        run = [];
      }
      run.push(entry);
    }
    this.#foldRun(run, open);
  }

  // Of several, the first shows the line; the others stand behind it, hidden until it is opened.
  #foldRun(run, open) {
    if (!run[0]?.message.slip) {
      return;
    }
    const folds = run.map((entry) => entry.element.querySelector("[data-fold]"));
    const isOpen = open || folds.some((fold) => !fold.hidden && fold.open);
    const [fold, ...others] = folds;
    others.forEach((other) => close(other));
    if (run.length === 1) {
      close(fold);
      run[0].element.hidden = false;
      return;
    }
    const show = () => run.forEach(({ element }, index) => (element.hidden = index > 0 && !fold.open));
    fold.hidden = false;
    fold.open = isOpen;
    fold.ontoggle = show;
    show();
    this.#sayTogether(fold.querySelector("[data-folded]"), run);
  }

  #sayTogether(line, run) {
    const members = run.map((entry) => entry.message.id).join();
    if (line.dataset.members === members) {
      return;
    }
    line.dataset.members = members;
    const { kind } = run[0].message;
    line.replaceChildren(this.#card(kind, folded(kind, run.map((entry) => entry.message.slip))));
  }

  #card(kind, texts) {
    const card = copy(this.#cards.get(kind) ?? this.#cards.get(""));
    for (const [name, text] of Object.entries(texts)) {
      const field = name === "way" ? null : find(card, name);
      if (field) {
        field.textContent = text;
        field.hidden = text === "";
      }
    }
    if (texts.way) {
      find(card, "amount").dataset.way = texts.way;
    }
    return card;
  }
}

function belong(one, other) {
  if (!one.slip || !other.slip || dayKey(one.sentAt) !== dayKey(other.sentAt)) {
    return false;
  }
  const key = foldKey(one.kind, one.slip);
  return key !== null && key === foldKey(other.kind, other.slip);
}

function close(fold) {
  fold.ontoggle = null;
  fold.hidden = true;
  fold.open = false;
}

function find(card, name) {
  return card.matches(`[data-${name}]`) ? card : card.querySelector(`[data-${name}]`);
}

function copy(template) {
  return template.content.firstElementChild.cloneNode(true);
}
