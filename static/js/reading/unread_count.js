// How many messages of one channel are unread: what the server counted up to a position, and what came behind it.

export const MOST = 999; // stands for so many or more

const OFFSET_STEP = 0x1000n; // a position is 11 digits of time, 10 of offset, 3 of partition

export class UnreadCount {
  #mark;
  #upto;
  #counted;
  #behind = []; // positions of others' messages behind #upto and the mark, ascending
  #needed = "";
  #unsure;

  // As the API tells it: `unread` messages behind `position`, of those up to `upto`; null: not known.
  constructor({ position, unread, upto }) {
    this.#mark = position;
    this.#upto = upto;
    this.#counted = unread ?? 0;
    this.#unsure = unread === null;
  }

  get value() {
    return Math.min(MOST, this.#counted + this.#behind.length);
  }

  // Whether the server has to be asked: what happened cannot be counted from here.
  get isUnsure() {
    return this.#unsure;
  }

  // A message of somebody else, or a slip. One that is known already changes nothing.
  receive(position) {
    if (position <= this.#upto || position <= this.#mark) {
      return;
    }
    let index = this.#behind.length;
    while (index > 0 && this.#behind[index - 1] > position) {
      index -= 1;
    }
    if (this.#behind[index - 1] !== position) {
      this.#behind.splice(index, 0, position);
    }
    if (this.#behind.length > 2 * MOST) {
      const folded = this.#behind.splice(0, MOST);
      this.#counted += folded.length;
      this.#upto = folded.at(-1);
    }
  }

  // The reader has read up to there.
  read(position) {
    if (position <= this.#mark) {
      return;
    }
    this.#mark = position;
    if (position >= this.#upto) {
      this.#counted = 0;
    } else if (this.#counted > 0) {
      this.#unsure = true;
    }
    this.#behind = this.#behind.filter((one) => one > position);
  }

  // Messages before that position went by unseen.
  miss(before) {
    const last = BigInt(`0x${before}`) - OFFSET_STEP;
    const needed = last.toString(16).padStart(before.length, "0");
    this.#needed = needed > this.#needed ? needed : this.#needed;
    this.#unsure = true;
  }

  // The server's count. An older one than what is known here settles nothing.
  settle({ position, unread, upto }) {
    this.read(position);
    if (unread === null || upto < this.#upto || upto < this.#needed || (position < this.#mark && this.#mark < upto)) {
      return;
    }
    this.#upto = upto;
    this.#counted = this.#mark < upto ? unread : 0;
    this.#behind = this.#behind.filter((one) => one > upto);
    this.#unsure = false;
  }
}
