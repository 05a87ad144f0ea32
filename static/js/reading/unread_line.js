// "New messages from here": the line above the first message that was unread when the reader came, and the way to it.

import { isPeopleLine } from "../people_lines.js";
import { say } from "../sentences.js";
import { isLooking, onLooking } from "./looking.js";
import { markOf } from "./marks.js";

const ABOVE_PX = 16;
const AT_END_PX = 48;
const FOREVER_MS = 2 ** 44 - 1;

export class UnreadLine {
  #conversation;
  #talk;
  #log;
  #list;
  #line;
  // What stands between these positions was new to the reader when they came.
  #from;
  #until;
  #wasLooking = isLooking();

  start(conversation) {
    this.#conversation = conversation;
    this.#talk = document.querySelector('[data-module="conversation"]');
    this.#log = this.#talk.querySelector("[data-log]");
    this.#list = this.#talk.querySelector("[data-messages]");
    this.#from = this.#talk.dataset.mark;
    this.#until = positionAt(Number(this.#talk.dataset.renderedAt));
    this.#line = document.createElement("p");
    this.#line.className = "date-line date-line--new";
    this.#line.dataset.unreadLine = "";
    this.#line.textContent = say("unread_line");
    const isWhole = !this.#talk.querySelector("[data-earlier]");
    queueMicrotask(() => this.#open(isWhole));
    new MutationObserver(() => this.#place()).observe(this.#list, { childList: true });
    onLooking(() => this.#lookedAway());
  }

  draw() {}

  // The page opens at the line, when it is on the page; else a button leads there.
  #open(isWhole) {
    this.#place(isWhole);
    if ("at" in this.#talk.dataset) {
      return; // it opens at the message that was asked for
    }
    const count = Number(this.#talk.dataset.unread);
    if (this.#line.isConnected) {
      const top = this.#line.getBoundingClientRect().top - this.#log.getBoundingClientRect().top;
      if (top < 0) {
        this.#log.scrollTop += top - ABOVE_PX;
      }
    } else if (count > 0) {
      this.#offer(count);
    }
  }

  #offer(count) {
    const button = this.#talk.querySelector("[data-first-unread]");
    button.querySelector("[data-first-unread-text]").textContent = say("first_unread", { count });
    button.hidden = false;
    button.onclick = async () => {
      button.hidden = true;
      const answer = await fetch(`${this.#talk.dataset.history}?limit=1&after=${this.#from}`).catch(() => null);
      const first = answer?.ok ? (await answer.json()).results[0] : null;
      if (first) {
        await this.#conversation.jumpTo(first.id);
      }
    };
  }

  // Who leaves the page with everything read finds the line above what came meanwhile.
  #lookedAway() {
    const looks = isLooking();
    if (this.#wasLooking && !looks && this.#isAllRead()) {
      this.#from = markOf(this.#conversation.channelId);
      this.#until = positionAt(FOREVER_MS);
      this.#line.remove();
    } else if (!this.#wasLooking && looks) {
      this.#until = positionAt(Date.now());
    }
    this.#wasLooking = looks;
  }

  #isAllRead() {
    const last = this.#conversation.timeline.last;
    return last !== null && last.position <= markOf(this.#conversation.channelId);
  }

  // `isWhole`: nothing was said before the first message on the page.
  #place(isWhole = false) {
    if (this.#line.isConnected) {
      return;
    }
    const rows = [...this.#list.children];
    const own = String(this.#conversation.userId);
    const first = rows.findIndex(({ dataset }) => this.#isNew(dataset) && dataset.author !== own);
    const isKnownFirst = first > 0 ? rows.some((row) => row.dataset.position <= this.#from) : isWhole;
    if (first === -1 || !isKnownFirst) {
      return;
    }
    this.#keepPlace(visible(rows[first]), (row) => row.querySelector("[data-day]").after(this.#line));
    this.#talk.querySelector("[data-first-unread]").hidden = true;
  }

  #isNew({ position, kind }) {
    return position > this.#from && position < this.#until && !isPeopleLine({ op: "system", kind });
  }

  // What is read does not move: neither the end of the talk nor what stands below the row that grows.
  #keepPlace(row, change) {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    const isAbove = row.getBoundingClientRect().top < this.#log.getBoundingClientRect().top;
    change(row);
    if (isAtEnd || isAbove) {
      this.#log.scrollTop = scrollTop + this.#log.scrollHeight - scrollHeight;
    }
  }
}

// A slip that was folded away stands behind the one that shows the line.
function visible(row) {
  return row.hidden ? visible(row.previousElementSibling) : row;
}

// The first position of that moment: positions begin with the time of the append, as 11 hexadecimal digits.
function positionAt(milliseconds) {
  return milliseconds.toString(16).padStart(11, "0");
}
