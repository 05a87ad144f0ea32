// A message, or a slip, as scripts hold it, from each of its three sources. `answers` and `reactions` hold ids of people.

export function fromLine(line) {
  return fromFrame(JSON.parse(line));
}

// A frame of the socket or a message of the API.
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
    sentAt: milliseconds(frame.sent_at),
    replyTo: frame.reply_to ?? null,
    quote: frame.quote ? fromQuote(frame.quote) : null,
    mentions: frame.mentions ?? [],
    attachments: frame.attachments ?? [],
    card: frame.card ?? null,
    reactions: frame.reactions ?? {},
    answers: frame.answers ?? {},
    editedAt: frame.edited_at ? milliseconds(frame.edited_at) : null,
    deleted: frame.deleted ?? false,
    deletedBy: frame.deleted_by ?? null,
    notice: frame.notice ?? false,
  };
}

// What the server drew. `data-facts` has what its words do not show, in the API's names.
export function fromElement(element) {
  const { id, position, author, kind, slip, sentAt, facts } = element.dataset;
  return fromFrame({
    id,
    position,
    kind,
    slip: slip ? JSON.parse(slip) : null,
    author: { id: Number(author ?? 0), username: element.querySelector("[data-name]").textContent },
    text: element.querySelector("[data-text]")?.textContent,
    sent_at: Number(sentAt),
    ...JSON.parse(facts || "{}"),
  });
}

// What a reply shows of the message it answers.
export function quoteOf(message) {
  const { id, authorId, authorName, text, deleted } = message;
  return { id, authorId, authorName, text: shortened(text), deleted };
}

// Its beginning on one line; chat/messages/history.py shortens by the same rule.
export function shortened(text) {
  return Array.from(text.trim().split(/\s+/).join(" ")).slice(0, 120).join("");
}

function fromQuote({ id, author, text, deleted }) {
  return { id, authorId: author.id, authorName: author.username, text, deleted };
}

function milliseconds(moment) {
  return typeof moment === "number" ? moment : Date.parse(moment);
}
