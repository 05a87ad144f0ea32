// What others draw into messages: cards, photos. A part keeps one child of its own in the message's [data-parts].

const parts = [];

// part.draw(message, element) is called after a message was drawn or redrawn, also by the server or while it is still
// pending (then it has no id): any number of times for one element. part.start(conversation), if there is one, is
// called once before.
export function registerPart(part) {
  parts.push(part);
}

export function startParts(conversation) {
  parts.forEach((part) => part.start?.(conversation));
}

export function drawParts(message, element) {
  parts.forEach((part) => part.draw(message, element));
}
