// A text with the words that were found marked, cut to the part about the first of them. Text nodes only.

// The same lengths as in chat/search/excerpts.py. Places are counted in code points, as the server counts.
const LENGTH = 160;
const LEAD = 40;

export function fillWithExcerpt(element, text, highlights) {
  const letters = Array.from(text);
  const first = highlights[0]?.[0] ?? 0;
  const start = first > LENGTH - LEAD ? first - LEAD : 0;
  const end = Math.min(letters.length, start + LENGTH);
  const piece = (from, to) => letters.slice(from, to).join("");
  const nodes = [start ? "…" : ""];
  let at = start;
  for (const [mark, behind] of highlights.filter(([place]) => place < end)) {
    const marked = document.createElement("mark");
    marked.textContent = piece(mark, Math.min(behind, end));
    nodes.push(piece(at, mark), marked);
    at = Math.min(behind, end);
  }
  nodes.push(piece(at, end), end < letters.length ? "…" : "");
  element.replaceChildren(...nodes);
}
