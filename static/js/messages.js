// A message, or a slip, as scripts hold it, from each of its three sources.

export function fromLine(line) {
  return fromFrame(JSON.parse(line));
}

export function fromFrame(frame) {
  const slip = frame.slip ?? null;
  return {
    id: frame.id,
    position: frame.position,
    kind: slip ? frame.kind : "message",
    slip,
    authorId: frame.author?.id ?? 0,
    authorName: frame.author?.username ?? slip?.wallet_name ?? "",
    text: frame.text ?? "",
    clientId: frame.client_id,
    sentAt: typeof frame.sent_at === "number" ? frame.sent_at : Date.parse(frame.sent_at),
  };
}

export function fromElement(element) {
  const slip = element.dataset.slip ? JSON.parse(element.dataset.slip) : null;
  return {
    id: element.dataset.id,
    position: element.dataset.position,
    kind: slip ? element.dataset.kind : "message",
    slip,
    authorId: Number(element.dataset.author ?? 0),
    authorName: element.querySelector("[data-name]").textContent,
    text: element.querySelector("[data-text]")?.textContent ?? "",
    sentAt: Number(element.dataset.sentAt),
  };
}
