// The part of the talk that is on the page: what comes in at its edges, and staying where the reader is meanwhile.

const PAGE = 50;
const MOST_PER_PAGE = 200;

export class LogWindow {
  #timeline;
  #scroll;
  #history;
  #moved;
  #edges = [];
  #beginning = null; // the id of the very first message, once it is known

  // moved() is called when the window may have come nearer to the end of the talk.
  constructor(timeline, scroll, history, moved) {
    this.#timeline = timeline;
    this.#scroll = scroll;
    this.#history = history;
    this.#moved = moved;
  }

  // The page shows the midst of the talk: its end is asked for, before `start`. The position of its last message.
  async findEnd() {
    const newest = (await this.#history.page({ limit: PAGE })) ?? [];
    this.#timeline.restart(newest, false);
    return newest.at(-1)?.position;
  }

  // `top` and `bottom` are the edges' elements. `isWhole`: nothing was said before the first message.
  start(top, bottom, isWhole) {
    this.#beginning = isWhole ? (this.#timeline.first?.id ?? null) : null;
    this.#scroll.toEnd();
    this.#scroll.followSize();
    this.#edges = [
      this.#scroll.watchEdge(top, () => this.#loadEarlier()),
      this.#scroll.watchEdge(bottom, () => this.#loadLater()),
    ];
  }

  // change(following): a reader at the end goes along with what comes, any other is not moved.
  change(change) {
    if (this.#scroll.isAtEnd) {
      this.#move(() => change(true));
      this.#scroll.toEnd();
    } else {
      this.#keepPlace(() => change(false));
    }
  }

  showLatest() {
    this.#move(() => this.#timeline.showLatest());
    this.#scroll.toEnd();
    this.#moved();
  }

  // What the socket left out, {after, before}: read from history, or begun anew behind it.
  async fill(hole) {
    const { after, before } = hole;
    const missed = await this.#history.page({ after, before, limit: MOST_PER_PAGE });
    if (!missed) {
      return;
    }
    const tooWide = missed.length === MOST_PER_PAGE;
    const newest = tooWide ? await this.#history.page({ before, limit: PAGE }) : null;
    this.change((following) => {
      if (newest) {
        this.#timeline.restartBehind(hole, newest, following);
      } else {
        this.#timeline.fill(missed, following);
      }
    });
    await this.reread(before);
  }

  // Changes before that position may have been missed: what is known of earlier messages is read again. History
  // answers with all of it, for it waits until that position is archived.
  async reread(before) {
    this.#timeline.forgetChangesBefore(before);
    const isLeft = (message) => !message.slip && message.position < before;
    let left = this.#timeline.known.filter(isLeft);
    while (left.length) {
      const [first] = left;
      const page = await this.#history.page({ after: first.position, before, limit: MOST_PER_PAGE });
      const one = page && (await this.#history.one(first.id)); // afterwards, for it does not wait for the archive
      if (!page) {
        return;
      }
      this.change(() => this.#timeline.reread(one ? [one, ...page] : page));
      const end = page.length === MOST_PER_PAGE ? page.at(-1).position : before;
      left = left.filter((message) => message.position > end);
    }
  }

  // Brings this message into the window. Its element, or null where there is no such message.
  async bring(id) {
    if (!this.#timeline.elementOf(id)) {
      const message = await this.#history.one(id);
      const messages = message && (await this.#history.page({ around: message.position, limit: PAGE }));
      if (!messages) {
        return null;
      }
      this.#move(() => this.#timeline.showAround(messages));
      this.#moved();
    }
    return this.#timeline.elementOf(id);
  }

  async #loadEarlier() {
    const first = this.#timeline.first;
    if (!first || first.id === this.#beginning) {
      return false;
    }
    const held = this.#timeline.previousKnown(PAGE);
    if (held.length) {
      this.#keepPlace(() => this.#timeline.prepend(held));
      return true;
    }
    const messages = await this.#history.page({ before: first.position, limit: PAGE });
    if (this.#timeline.first?.id !== first.id) {
      return true; // the window moved meanwhile: this page no longer touches it
    }
    if (!messages) {
      return false;
    }
    this.#keepPlace(() => this.#timeline.prepend(messages));
    if (messages.length < PAGE) {
      this.#beginning = this.#timeline.first.id;
    }
    return messages.length === PAGE;
  }

  async #loadLater() {
    const last = this.#timeline.last;
    if (this.#timeline.isAttached || !last) {
      return false;
    }
    let messages = this.#timeline.nextKnown(PAGE);
    if (!messages.length) {
      messages = (await this.#history.page({ after: last.position, limit: PAGE })) ?? [];
    }
    if (this.#timeline.last?.id === last.id) {
      this.#keepPlace(() => this.#timeline.append(messages));
    }
    this.#moved();
    return messages.length > 0;
  }

  #keepPlace(change) {
    this.#scroll.keepPlace(
      () => this.#timeline.elementAt(this.#scroll.top),
      () => this.#move(change),
    );
  }

  // What lay beyond an edge of the window may be another now: look again.
  #move(change) {
    const { first, last } = this.#timeline;
    change();
    if (first?.id !== this.#timeline.first?.id || last?.id !== this.#timeline.last?.id) {
      this.#edges.forEach((edge) => edge.again());
    }
  }
}
