// What slips say, in the words of wallets/slips.py: pure functions from a slip to the texts of its card.

import { peopleLines } from "./people_lines.js";
import { say } from "./sentences.js";
import { dayOfMonth } from "./times.js";

const KINDS = {
  receipt: { shown: receipt, foldKey: (slip) => `${slip.wallet} ${slip.purpose} ${wayOf(slip.amount)}`, folded: receipts },
  dues: { shown: dues },
  spending: { shown: spending },
  ...peopleLines,
};

// The texts of a slip's card by field; `sentence` is always among them.
export function shown(kind, slip) {
  return KINDS[kind] ? KINDS[kind].shown(slip) : { sentence: say("slip.unknown", { name: slip.wallet_name ?? "" }) };
}

// Slips that follow each other with the same key are folded; null: never.
export function foldKey(kind, slip) {
  return KINDS[kind]?.foldKey ? `${kind} ${KINDS[kind].foldKey(slip)}` : null;
}

// The texts of the one line for several slips of one key, oldest first.
export function folded(kind, slips) {
  return KINDS[kind].folded(slips);
}

export function won(amount) {
  return say("won", { amount });
}

function receipt(slip) {
  const way = wayOf(slip.amount);
  const values = { actor: slip.actor.username, counterparty: slip.counterparty };
  return {
    sentence: say(`receipt.${slip.purpose}.${way}`, values) || say(`receipt.${way}`),
    ...amounts(slip, slip.amount),
    memo: slip.memo,
  };
}

function receipts(slips) {
  const last = slips.at(-1);
  const way = wayOf(last.amount);
  const people = new Set(slips.map((slip) => slip.actor.id)).size;
  const together =
    people > 1 && say(`receipts.${last.purpose}.${way}`, { actor: last.actor.username, count: people - 1 });
  return {
    sentence: together || say(`receipts.${way}`, { count: slips.length }),
    ...amounts(last, slips.reduce((sum, slip) => sum + slip.amount, 0)),
    memo: "",
  };
}

function amounts(last, amount) {
  const way = wayOf(amount);
  return {
    way,
    amount: (way === "in" ? "+" : "−") + won(Math.abs(amount)),
    balance: say("receipt.balance", { balance: won(last.balance_after) }),
  };
}

function dues(slip) {
  const day = dayOfMonth(slip.due_on);
  const amount = won(slip.amount);
  return {
    sentence: say("dues.sentence", { title: slip.title, amount, day }),
    title: slip.title,
    amount,
    until: say("dues.until", { day }),
  };
}

function spending(slip) {
  const values = { person: slip.asked_by.username, amount: won(slip.amount) };
  return {
    sentence: say(`spending.${slip.state}`, values) || say("spending.waiting", values),
    reason: slip.reason,
  };
}

function wayOf(amount) {
  return amount > 0 ? "in" : "out";
}
