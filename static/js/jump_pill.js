// "3 new messages": the way back to the end of the talk, while the reader is not there.

import { say } from "./sentences.js";

export class JumpPill {
  #button;
  #text;
  #unseen = 0;

  constructor(button, text) {
    this.#button = button;
    this.#text = text;
  }

  // What came while the reader followed along was seen.
  count(fresh, following) {
    this.#unseen = following ? 0 : this.#unseen + fresh;
  }

  // `isAttached`: the window ends where the talk ends.
  show(isAtEnd, isAttached) {
    this.#unseen = isAtEnd && isAttached ? 0 : this.#unseen;
    const needed = !(isAtEnd && isAttached) && (this.#unseen > 0 || !isAttached);
    this.#button.hidden = !needed;
    if (needed) {
      this.#text.textContent = this.#unseen ? say("new_messages", { count: this.#unseen }) : say("to_the_end");
    }
  }
}
