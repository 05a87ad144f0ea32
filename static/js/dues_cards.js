// The dues cards on the page: their boards are asked for again when somebody paid.

import { say } from "./sentences.js";
import { won } from "./slip_words.js";
import { clock, dayKey, dayOfMonth } from "./times.js";

// Payments come in bursts: one question answers them all. Not every page of a channel asks in the same moment.
const ASK_AFTER_MS = 300;
const ASK_SPREAD_MS = 700;
const MOST_SLOTS = 40; // wallets/slips.py has it too
const MARKED = ["paid", "prepaid"];
const SLOT_ORDER = [...MARKED, "partial", "unpaid", "exempt"]; // as wallets/services/dues_board.py

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
    this.#timer = this.#timer ?? setTimeout(() => this.#askNow(), ASK_AFTER_MS + Math.random() * ASK_SPREAD_MS);
  }

  #askNow() {
    const plans = this.#waiting;
    this.#waiting = new Set();
    this.#timer = null;
    const cards = this.#cards().filter((card) => plans.has(Number(card.dataset.plan)));
    const boards = new Map();
    for (const { dataset } of cards) {
      const address = `/api/v1/dues/${dataset.plan}/board/?period=${encodeURIComponent(dataset.period)}`;
      boards.set(address, boards.get(address) ?? fetchBoard(address));
      boards.get(address).then((board) => board && this.#show({ ...dataset }, board));
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
  const { rows, mine } = board;
  const month = `plan=${board.plan.id}&period=${board.period}`;
  const dues = `/wallets/${board.plan.wallet}/dues/`;
  const hasSlots = rows.length <= MOST_SLOTS;
  find("count").textContent = say("dues.count", { paid: board.paid_people, members: rows.length });
  find("count").href = `${dues}?${month}`;
  find("collected").textContent = say("dues.collected", { amount: won(board.collected) });
  find("slots").hidden = !hasSlots;
  find("bar").hidden = hasSlots;
  Object.assign(find("bar"), { max: Math.max(1, rows.length), value: board.paid_people });
  if (hasSlots) {
    fillSlots(find("slots"), slotsOf(rows, mine));
  }
  const owed = mine ? mine.missing + mine.owed_before : 0;
  find("pay").hidden = owed === 0;
  find("pay").href = `${dues}pay/?${month}`;
  find("pay").textContent = owed ? say("dues.pay", { amount: won(owed) }) : "";
  const isDone = MARKED.includes(mine?.status);
  find("done").hidden = !isDone;
  find("paid-at").textContent = isDone ? moment(Date.parse(mine.completed_at)) : "";
  find("board").hidden = false;
}

// Nobody who owes is named, but for oneself.
function slotsOf(rows, mine) {
  const slots = rows.map(({ user, status }) => {
    const isMine = user.id === mine?.user.id;
    const mark = MARKED.includes(status) ? Array.from(user.username)[0] : "";
    return { status, isMine, mark, rank: SLOT_ORDER.indexOf(status) * 2 + (isMine ? 0 : 1) };
  });
  return slots.sort((one, other) => one.rank - other.rank || (one.mark < other.mark ? -1 : 1));
}

function signIn({ mark, status, isMine }) {
  return status === "exempt" ? "–" : mark || (isMine ? say("dues.me") : "");
}

// Only what changed is touched, so that a seal is stamped once.
function fillSlots(row, slots) {
  const isNew = row.childElementCount === 0;
  slots.forEach((given, index) => {
    const { status, isMine } = given;
    const mark = signIn(given);
    const slot = row.children[index] ?? row.appendChild(document.createElement("span"));
    if (slot.textContent !== mark || slot.dataset.status !== status) {
      slot.className = isNew ? "slot" : "slot slot--stamped";
      slot.dataset.status = status;
      slot.toggleAttribute("data-mine", isMine);
      slot.textContent = mark;
    }
  });
  while (row.childElementCount > slots.length) {
    row.lastElementChild.remove();
  }
}

function moment(milliseconds) {
  return `${dayOfMonth(dayKey(milliseconds))} ${clock(milliseconds)}`;
}
