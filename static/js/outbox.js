// Messages that were written and are not acknowledged yet, in the order they were written.

import { Deliveries } from "./deliveries.js";

export class Outbox extends Deliveries {
  constructor(userId, feed) {
    super("outbox", userId, feed);
  }

  // `mentions` [{id, username}] and `attachments` (as in messages.js) are kept whole, to show them while they wait;
  // `card` is as in the frame. `quote` is what is known of the message `replyTo`.
  write(channelId, { text = "", replyTo = null, quote = null, mentions = [], attachments = [], card = null }) {
    const frame = { op: "send", channel: channelId, text };
    if (replyTo) {
      frame.reply_to = replyTo;
    }
    if (mentions.length) {
      frame.mentions = mentions.map((person) => person.id);
    }
    if (attachments.length) {
      frame.attachments = attachments.map((file) => file.id);
    }
    if (card) {
      frame.card = card;
    }
    return this.add(frame, { words: { text, replyTo, quote, mentions, attachments, card } });
  }
}
