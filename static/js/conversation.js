// One channel's talk: wires the socket's feed, the window of messages, writing and what is done to messages.

import { Announcements } from "./announcements.js";
import { Asking } from "./asking.js";
import { Asks } from "./asks.js";
import { ConnectionBanner } from "./banner.js";
import "./conversation_parts.js";
import { ComposeMenu } from "./compose_menu.js";
import { Composer } from "./composer.js";
import { DeleteDialog } from "./delete_dialog.js";
import { DuesCards } from "./dues_cards.js";
import { feed } from "./feed.js";
import { History } from "./history.js";
import { JumpPill } from "./jump_pill.js";
import { LogScroll } from "./log_scroll.js";
import { LogWindow } from "./log_window.js";
import { MessageActions } from "./message_actions.js";
import { startParts } from "./message_parts.js";
import { MessageView } from "./message_view.js";
import { fromLine } from "./messages.js";
import { Outbox } from "./outbox.js";
import { Outgoing } from "./outgoing.js";
import { People } from "./people.js";
import { Quotes } from "./quotes.js";
import { Reacting } from "./reacting.js";
import { Sending } from "./sending.js";
import { say } from "./sentences.js";
import { SlipView } from "./slip_view.js";
import { Timeline } from "./timeline.js";

const BEGINNING = "0".repeat(24); // the position before all others
const FOUND_MS = 2_000;
const REREAD_AFTER_MS = 3_000;

// What registers with message_parts.js, compose_menu.js or message_actions.js is handed one of these: channelId, userId,
// role, outbox, asks, timeline, composer, people, messageOf(element), jumpTo(messageId), tell(sentence) are for it.
export class Conversation {
  #element;
  #view;
  #dues;
  #pill;
  #scroll;
  #history;
  #window;
  #quotes;
  #sending;
  #composeMenu;
  #announcements;
  #rereadTimer = null;
  #memberCount;
  #closed = false;
  #isOver = false;

  constructor(element) {
    const { channel, user, username, role, history, members } = element.dataset;
    this.#element = element;
    this.channelId = Number(channel);
    this.userId = Number(user);
    this.role = role;
    this.outbox = new Outbox(this.userId, feed());
    this.asks = new Asks(this.userId, username, feed());
    this.#memberCount = Number(members);
    this.#dues = new DuesCards(this.#find("messages"));
    const slips = new SlipView(element, (drawn, message) => this.#dues.drawn(drawn, message));
    const reader = { id: this.userId, over: (message) => this.asks.over(message) };
    this.#view = new MessageView(element, reader, slips);
    this.#announcements = new Announcements(this.#find("log"), this.#find("history-banner"), this.#find("told"));
    this.#pill = new JumpPill(this.#find("jump"), this.#find("jump-text"));
    this.#scroll = new LogScroll(this.#find("log"));
    this.#history = new History(history, (away) => this.#announcements.sayHistory(away ? "history_away" : null));
    this.people = new People(this.channelId);
    this.composer = new Composer(this.#find("composer"), this.people, this.#writer());
    this.deleteDialog = new DeleteDialog(this.#find("delete-dialog"));
    this.reacting = new Reacting(this.#find("log"), this);
    this.#composeMenu = new ComposeMenu(this.#find("compose-menu"), this);
  }

  async start() {
    const { at } = this.#element.dataset; // a message in the midst of the talk that the page was opened at
    if ("past" in this.#element.dataset) {
      return; // an earlier page, reached without scripts: it stays the page it is
    }
    startParts(this);
    this.timeline = new Timeline(this.#find("messages"), this.#view);
    this.#window = new LogWindow(this.timeline, this.#scroll, this.#history, () => this.#showJump());
    this.#quotes = new Quotes(this.timeline, this.#history);
    const isWhole = !this.#find("earlier");
    this.#element.querySelectorAll("[data-earlier], [data-later]").forEach((link) => link.remove());
    const end = at ? await this.#window.findEnd() : this.timeline.last?.position;
    this.composer.start();
    this.#composeMenu.start();
    new MessageActions(this.#find("log"), this.#find("actions"), this).start();
    this.reacting.start();
    this.#window.start(this.#find("top"), this.#find("bottom"), isWhole);
    this.#find("jump").onclick = () => this.#window.showLatest();
    this.#find("log").addEventListener("click", (event) => this.#jumpToQuoted(event));
    this.#find("log").addEventListener("scroll", () => this.#showJump(), { passive: true });
    new ConnectionBanner(this.#find("connection")).start(feed());
    this.#startSending();
    this.#element.addEventListener("jump-to", (event) => event.preventDefault() ?? this.jumpTo(event.detail));
    feed().follow(this.channelId, this, end ?? BEGINNING);
    if (at) {
      this.jumpTo(at);
    }
  }

  // The message that this element shows, with what the reader asked to be done to it.
  messageOf(element) {
    const message = this.timeline.find(element.dataset.id);
    return message && this.asks.over(message);
  }

  get mayWrite() {
    return !this.#isOver;
  }

  // Shows that message, wherever in the talk it is. Whether there is one.
  async jumpTo(messageId) {
    const element = await this.#window.bring(messageId);
    if (!element) {
      this.tell(say("message_not_found"));
      return false;
    }
    element.scrollIntoView({ block: "center" });
    element.classList.add("message--found");
    setTimeout(() => element.classList.remove("message--found"), FOUND_MS);
    return true;
  }

  // Says a sentence about something that was just tried.
  tell(sentence) {
    this.#announcements.tell(sentence);
  }

  // The feed's follower.

  receive(lines, dropped) {
    const messages = lines.map(fromLine);
    this.#announcements.calm(messages.length);
    this.#change((following) => {
      if (dropped) {
        this.timeline.restart(messages, following);
        this.#pill.count(messages.length + dropped, following);
      } else {
        this.#pill.count(this.timeline.receive(messages, following).length, following);
      }
    });
    if (dropped) {
      this.#dues.askAll();
    } else {
      this.#dues.receive(messages);
    }
    this.#quotes.complete(messages);
    this.#sending.settleEchoes(messages);
    this.#showJump();
  }

  changed(lines, dropped) {
    const events = lines.map((line) => JSON.parse(line));
    this.#window.change(() => events.forEach((event) => this.timeline.change(event)));
    if (dropped) {
      clearTimeout(this.#rereadTimer);
      this.#rereadTimer = setTimeout(() => this.#window.reread(events[0].position), REREAD_AFTER_MS);
    }
  }

  subscribed({ role }) {
    this.role = role;
    this.#element.dataset.role = role;
    this.#element.dataset.live = "";
  }

  async gap(hole) {
    await this.#announcements.whileLoading(this.#window.fill(hole));
    this.#dues.askAll();
    this.#showJump();
  }

  system(event) {
    if (event.kind === "changed") {
      this.#page("channel-name").textContent = event.name;
    } else if (event.kind === "closed") {
      this.#closed = true;
    } else if (event.kind === "role" && event.user === this.userId) {
      this.subscribed(event);
    } else if (event.sent_at > Number(this.#element.dataset.renderedAt)) {
      this.#memberCount += { joined: 1, left: -1, removed: -1 }[event.kind] ?? 0;
      this.#page("member-count").textContent = say("members", { count: this.#memberCount });
    }
  }

  removed() {
    this.#isOver = true;
    this.composer.close();
    this.#composeMenu.close();
    this.#announcements.sayHistory(this.#closed ? "closed" : "removed");
  }

  #change(change) {
    this.#window.change(change);
    if (!this.timeline.isEmpty) {
      this.#find("empty")?.remove();
    }
  }

  #writer() {
    return {
      write: (words) => {
        this.#window.showLatest();
        this.outbox.write(this.channelId, words);
        this.#scroll.toEnd();
      },
      edit: (message, text, mentions) => this.asking.edit(message, text, mentions),
      editLast: () => this.#editLast(),
    };
  }

  #editLast() {
    const isEditable = (one) => one.authorId === this.userId && !one.slip && !one.deleted && !one.card && one.text;
    const mine = this.timeline.known.map((message) => this.asks.over(message)).findLast(isEditable);
    if (mine) {
      this.composer.edit(mine);
    }
    return Boolean(mine);
  }

  #startSending() {
    const author = { id: this.userId, username: this.#element.dataset.username };
    const list = this.#find("outgoing");
    const outgoing = new Outgoing(list, this.#find("outgoing-message"), this.#view, this.outbox, this.channelId);
    this.#sending = new Sending(this.channelId, author, this.outbox, outgoing, {
      receive: (messages) => this.#change((following) => this.timeline.receive(messages, following)),
      follow: (change) => this.#follow(change),
    });
    this.#sending.start();
    this.asking = new Asking(this.channelId, this.asks, this.timeline, {
      keepPlace: (change) => this.#window.change(change),
      tell: (sentence) => this.tell(sentence),
      editAgain: (message, text) => this.composer.isEmpty && this.composer.edit(message, text),
    });
    this.asking.start();
  }

  // change() says whether there is anything now.
  #follow(change) {
    const following = this.#scroll.isAtEnd;
    if (change()) {
      this.#find("empty")?.remove();
    }
    if (following) {
      this.#scroll.toEnd();
    }
  }

  #jumpToQuoted(event) {
    const quote = event.target.closest("[data-quote]");
    if (quote) {
      event.preventDefault();
      this.jumpTo(quote.dataset.quote);
    }
  }

  #showJump() {
    this.#pill.show(this.#scroll.isAtEnd, this.timeline.isAttached);
  }

  #find(name) {
    return this.#element.querySelector(`[data-${name}]`);
  }

  #page(name) {
    return document.querySelector(`[data-${name}]`);
  }
}
