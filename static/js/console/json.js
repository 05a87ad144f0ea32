// JSON as people read it: what fits on a line stays on it, and every part says what it is.

import { MASK } from "./secrets.js";

const LINE_LENGTH = 56;
const STEP = "  ";

// Yields { text, kind }: kind is name, number, word, secret or "" for all else.
export function* parts(value, indent = "") {
  if (value === null || typeof value !== "object") {
    yield leaf(value);
    return;
  }
  const flat = [...onOneLine(value)];
  if (flat.reduce((length, part) => length + part.text.length, indent.length) <= LINE_LENGTH) {
    yield* flat;
    return;
  }
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  let before = `${open}\n`;
  for (const [key, one] of Object.entries(value)) {
    yield { text: `${before}${indent}${STEP}`, kind: "" };
    yield* name(value, key);
    yield* parts(one, indent + STEP);
    before = ",\n";
  }
  yield { text: `\n${indent}${close}`, kind: "" };
}

function* onOneLine(value) {
  if (value === null || typeof value !== "object") {
    yield leaf(value);
    return;
  }
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  let before = open;
  for (const [key, one] of Object.entries(value)) {
    yield { text: before, kind: "" };
    yield* name(value, key);
    yield* onOneLine(one);
    before = ", ";
  }
  yield { text: before === open ? open + close : close, kind: "" };
}

function* name(owner, key) {
  if (!Array.isArray(owner)) {
    yield { text: JSON.stringify(key), kind: "name" };
    yield { text: ": ", kind: "" };
  }
}

function leaf(value) {
  if (value === MASK) {
    return { text: JSON.stringify(value), kind: "secret" };
  }
  const kind = { number: "number", string: "" }[typeof value] ?? "word";
  return { text: JSON.stringify(value) ?? "null", kind };
}
