// The dues cards on the page: their boards are asked for again when somebody paid.

import { say } from "./sentences.js";
import { won } from "./slip_words.js";
import { clock, dayKey, dayOfMonth } from "./times.js";

const ASK_AFTER_MS = 300; // payments come in bursts: one question answers them all
const MOST_SLOTS = 40; // wallets/slips.py has it too
const DONE = ["paid", "prepaid"];

export class DuesCards {
  #list;
  #waiting = new Set();
  #timer = null;

  constructor(list) {
    this.#list = list;
  }

  // A card was drawn by the script, which knows no board.
  drawn(element, message) {
    if (message.kind === "dues") {
      const { plan, period } = message.slip;
      Object.assign(element.querySelector("[data-dues-card]").dataset, { plan, period });
      this.#ask(plan);
    }
  }

  // Messages that came live.
  receive(messages) {
    for (const { slip } of messages) {
      if (slip?.dues_plan) {
        this.#ask(slip.dues_plan);
      }
    }
  }

  // Something may have been missed.
  askAll() {
    this.#cards().forEach((card) => this.#ask(Number(card.dataset.plan)));
  }

  #ask(plan) {
    this.#waiting.add(plan);
    this.#timer = this.#timer ?? setTimeout(() => this.#askNow(), ASK_AFTER_MS);
  }

  async #askNow() {
    const plans = this.#waiting;
    this.#waiting = new Set();
    this.#timer = null;
    const cards = this.#cards().filter((card) => plans.has(Number(card.dataset.plan)));
    const boards = new Map();
    for (const { dataset } of cards) {
      const address = `/api/v1/dues/${dataset.plan}/board/?period=${encodeURIComponent(dataset.period)}`;
      boards.set(address, boards.get(address) ?? fetchBoard(address));
      boards.get(address).then((board) => board && this.#show(dataset, board));
    }
  }

  // The window may have been drawn anew meanwhile: whichever cards are there now.
  #show({ plan, period }, board) {
    for (const card of this.#cards()) {
      if (card.dataset.plan === plan && card.dataset.period === period) {
        show(card, board);
      }
    }
  }

  #cards() {
    return [...this.#list.querySelectorAll("[data-dues-card]")];
  }
}

// While the board cannot be had, the card keeps what it shows.
async function fetchBoard(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function show(card, board) {
  const find = (name) => card.querySelector(`[data-${name}]`);
  const hasSlots = board.members <= MOST_SLOTS;
  find("count").textContent = say("dues.count", { paid: board.paid, members: board.members });
  find("count").href = board.url;
  find("collected").textContent = say("dues.collected", { amount: won(board.collected) });
  find("slots").hidden = !hasSlots;
  find("bar").hidden = hasSlots;
  Object.assign(find("bar"), { max: Math.max(1, board.members), value: board.paid });
  if (hasSlots) {
    fillSlots(find("slots"), board.slots);
  }
  const owes = board.my_missing > 0;
  const isDone = DONE.includes(board.my_status);
  find("pay").hidden = !owes;
  find("pay").href = board.pay_url;
  find("pay").textContent = owes ? say("dues.pay", { amount: won(board.my_missing) }) : "";
  find("done").hidden = !isDone;
  find("paid-at").textContent = isDone ? moment(Date.parse(board.my_paid_at)) : "";
  find("board").hidden = false;
}

// Only what changed is touched, so that a seal is stamped once.
function fillSlots(row, slots) {
  const isNew = row.childElementCount === 0;
  slots.forEach((given, index) => {
    const { status, mine } = given;
    const mark = signIn(given);
    const slot = row.children[index] ?? row.appendChild(document.createElement("span"));
    if (slot.textContent !== mark || slot.dataset.status !== status) {
      slot.className = isNew ? "slot" : "slot slot--stamped";
      slot.dataset.status = status;
      slot.toggleAttribute("data-mine", mine);
      slot.textContent = mark;
    }
  });
  while (row.childElementCount > slots.length) {
    row.lastElementChild.remove();
  }
}

// Nobody who owes is named, but for oneself.
function signIn({ mark, status, mine }) {
  return status === "exempt" ? "–" : mark || (mine ? say("dues.me") : "");
}

function moment(milliseconds) {
  return `${dayOfMonth(dayKey(milliseconds))} ${clock(milliseconds)}`;
}
