// The own messages on their way: below the log until the log has them, then in their place among the others.

import { fromFrame } from "./messages.js";

export class Sending {
  #channelId;
  #author;
  #outbox;
  #outgoing;
  #page;

  // `author` is {id, username}. page.receive(messages) shows messages of the talk, page.follow(change) changes the page
  // and keeps a reader at the end there.
  constructor(channelId, author, outbox, outgoing, page) {
    this.#channelId = channelId;
    this.#author = author;
    this.#outbox = outbox;
    this.#outgoing = outgoing;
    this.#page = page;
  }

  start() {
    this.#outbox.listen({
      changed: () => this.#page.follow(() => this.#outgoing.show()),
      sent: (item, ack) => this.#sent(item, ack),
    });
    this.#outbox.start();
  }

  // The own message may come before its ack.
  settleEchoes(messages) {
    for (const message of messages) {
      if (message.authorId === this.#author.id && this.#outbox.find(message.clientId)) {
        this.#outbox.discard(message.clientId);
      }
    }
  }

  #sent({ frame, words }, ack) {
    if (frame.channel === this.#channelId) {
      const { mentions, attachments, quote } = words;
      const sent = { ...frame, ...ack, author: this.#author, mentions, attachments, sent_at: Date.now() };
      this.#page.receive([{ ...fromFrame(sent), quote }]);
    }
  }
}
