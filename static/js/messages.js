// A message as scripts hold it, from each of its three sources.

export function fromLine(line) {
  return fromFrame(JSON.parse(line));
}

export function fromFrame(frame) {
  return {
    id: frame.id,
    position: frame.position,
    authorId: frame.author?.id ?? 0,
    authorName: frame.author?.username ?? "",
    text: frame.text ?? "",
    clientId: frame.client_id,
    sentAt: typeof frame.sent_at === "number" ? frame.sent_at : Date.parse(frame.sent_at),
  };
}

export function fromElement(element) {
  return {
    id: element.dataset.id,
    position: element.dataset.position,
    authorId: Number(element.dataset.author),
    authorName: element.querySelector("[data-name]").textContent,
    text: element.querySelector("[data-text]").textContent,
    sentAt: Number(element.dataset.sentAt),
  };
}
