// Sums of won: what people type and paste, and how they are written and read. wallets/won.py reads them too.

const WRITTEN = /^₩?\s*(\d{1,3}(?:,\d{3})+|\d+)\s*(?:원|won)?$/;
const MOST_DIGITS = 11;
const UNITS = [
  [1e12, "조"],
  [1e8, "억"],
  [1e4, "만"],
];

// A whole number, null for an empty text, NaN for what is no sum: half a won is not rounded but refused.
export function parseWon(text) {
  const trimmed = text.trim();
  if (trimmed === "") {
    return null;
  }
  const digits = WRITTEN.exec(trimmed)?.[1].replaceAll(",", "");
  return digits && digits.length <= MOST_DIGITS ? Number(digits) : NaN;
}

// While somebody types, commas stand anywhere for a moment.
export function retyped(text) {
  return /^[\d,]+$/.test(text) ? parseWon(text.replaceAll(",", "")) : parseWon(text);
}

export function grouped(amount) {
  return amount.toLocaleString("en-US").replace("-", "−");
}

export function koreanReading(amount) {
  const parts = [];
  let rest = amount;
  for (const [unit, name] of UNITS) {
    if (rest >= unit) {
      parts.push(`${grouped(Math.floor(rest / unit))}${name}`);
      rest %= unit;
    }
  }
  if (parts.length === 0) {
    return `${grouped(rest)}원`;
  }
  return rest ? `${parts.join(" ")} ${grouped(rest)}원` : `${parts.join(" ")} 원`;
}
