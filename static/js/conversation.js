// One channel's talk: history and live messages in one window, writing, and where the reader is.

import { ConnectionBanner } from "./banner.js";
import { Composer } from "./composer.js";
import { DuesCards } from "./dues_cards.js";
import { feed } from "./feed.js";
import { History } from "./history.js";
import { JumpPill } from "./jump_pill.js";
import { LogScroll } from "./log_scroll.js";
import { MessageView } from "./message_view.js";
import { fromLine } from "./messages.js";
import { Outbox } from "./outbox.js";
import { Outgoing } from "./outgoing.js";
import { say } from "./sentences.js";
import { SlipView } from "./slip_view.js";
import { Timeline } from "./timeline.js";

const BEGINNING = "0".repeat(24); // the position before all others
const PAGE = 50;
const GAP_MOST = 200;
const BUSY_MESSAGES = 5;
const CALM_MS = 3_000;
const LOADING_MS = 500;

export class Conversation {
  #element;
  #channelId;
  #userId;
  #timeline;
  #dues;
  #pill;
  #scroll;
  #history;
  #outbox;
  #outgoing;
  #composer;
  #edges = [];
  #beginning = null; // the id of the very first message, once it is known
  #calmTimer = null;
  #memberCount;
  #closed = false;

  constructor(element) {
    const { channel, user, history, members } = element.dataset;
    this.#element = element;
    this.#channelId = Number(channel);
    this.#userId = Number(user);
    this.#memberCount = Number(members);
    this.#dues = new DuesCards(this.#find("messages"));
    const slips = new SlipView(element, (drawn, message) => this.#dues.drawn(drawn, message));
    const view = new MessageView(this.#find("message"), this.#userId, slips);
    this.#pill = new JumpPill(this.#find("jump"), this.#find("jump-text"));
    this.#timeline = new Timeline(this.#find("messages"), view);
    this.#scroll = new LogScroll(this.#find("log"));
    this.#history = new History(history, (away) => this.#sayHistory(away ? "history_away" : null));
    this.#outbox = new Outbox(this.#userId);
    this.#outgoing = new Outgoing(
      this.#find("outgoing"),
      this.#find("outgoing-message"),
      this.#outbox,
      this.#channelId,
    );
    this.#composer = new Composer(this.#find("composer"), (text) => this.#write(text));
    if (!this.#find("earlier")) {
      this.#beginning = this.#timeline.first?.id ?? null;
    }
  }

  start() {
    if ("past" in this.#element.dataset) {
      return; // an earlier page, reached without scripts: it stays the page it is
    }
    this.#find("earlier")?.remove();
    this.#composer.start();
    this.#outbox.listen({
      changed: () => this.#showOutgoing(),
      sent: (message, ack) => this.#sent(message, ack),
    });
    this.#showOutgoing();
    this.#scroll.toEnd();
    this.#scroll.followSize();
    this.#find("jump").onclick = () => this.#jump();
    this.#find("log").addEventListener("scroll", () => this.#showJump(), { passive: true });
    new ConnectionBanner(this.#find("connection")).start(feed());
    feed().follow(this.#channelId, this, this.#timeline.last?.position ?? BEGINNING);
    this.#outbox.start();
    this.#edges = [
      this.#scroll.watchEdge(this.#find("top"), () => this.#loadEarlier()),
      this.#scroll.watchEdge(this.#find("bottom"), () => this.#loadLater()),
    ];
  }

  // The feed's follower.

  receive(lines, dropped) {
    const messages = lines.map(fromLine);
    this.#calm(messages.length);
    if (dropped) {
      this.#change((following) => {
        this.#timeline.restart(messages, following);
        this.#pill.count(messages.length + dropped, following);
      });
      this.#dues.askAll();
    } else {
      this.#change((following) => {
        this.#pill.count(this.#timeline.receive(messages, following).length, following);
      });
      this.#dues.receive(messages);
    }
    this.#settleEchoes(messages);
    this.#showJump();
  }

  subscribed() {
    this.#element.dataset.live = "";
  }

  async gap(hole) {
    const waiting = setTimeout(() => this.#sayWaiting(), LOADING_MS);
    const missed = await this.#history.page({ ...hole, limit: GAP_MOST });
    const tooWide = missed?.length === GAP_MOST;
    const newest = tooWide ? await this.#history.page({ before: hole.before, limit: PAGE }) : null;
    clearTimeout(waiting);
    this.#sayHistory(null);
    if (!missed) {
      return;
    }
    this.#change((following) => {
      if (newest) {
        this.#timeline.restartBehind(hole, newest, following);
      } else {
        this.#timeline.fill(missed, following);
      }
    });
    this.#dues.askAll();
    this.#showJump();
  }

  system(event) {
    if (event.kind === "changed") {
      this.#page("channel-name").textContent = event.name;
    } else if (event.kind === "closed") {
      this.#closed = true;
    } else if (event.sent_at > Number(this.#element.dataset.renderedAt)) {
      this.#memberCount += { joined: 1, left: -1, removed: -1 }[event.kind] ?? 0;
      this.#page("member-count").textContent = say("members", { count: this.#memberCount });
    }
  }

  removed() {
    this.#composer.close();
    this.#sayHistory(this.#closed ? "closed" : "removed");
  }

  #change(change) {
    if (this.#scroll.isAtEnd) {
      this.#move(() => change(true));
      this.#scroll.toEnd();
    } else {
      this.#keepPlace(() => change(false));
    }
    if (!this.#timeline.isEmpty) {
      this.#find("empty")?.remove();
    }
  }

  async #loadEarlier() {
    const first = this.#timeline.first;
    if (!first || first.id === this.#beginning) {
      return false;
    }
    const messages = await this.#history.page({ before: first.position, limit: PAGE });
    if (this.#timeline.first !== first) {
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
    if (this.#timeline.last === last) {
      this.#keepPlace(() => this.#timeline.append(messages));
    }
    this.#showJump();
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
    if (first !== this.#timeline.first || last !== this.#timeline.last) {
      this.#edges.forEach((edge) => edge.again());
    }
  }

  #write(text) {
    this.#jump();
    this.#outbox.write(this.#channelId, text);
    this.#scroll.toEnd();
  }

  #jump() {
    this.#move(() => this.#timeline.showLatest());
    this.#scroll.toEnd();
    this.#showJump();
  }

  #showOutgoing() {
    const following = this.#scroll.isAtEnd;
    if (this.#outgoing.show()) {
      this.#find("empty")?.remove();
    }
    if (following) {
      this.#scroll.toEnd();
    }
  }

  #sent(message, ack) {
    if (message.channel !== this.#channelId) {
      return;
    }
    const sent = {
      id: ack.id,
      position: ack.position,
      authorId: this.#userId,
      authorName: this.#element.dataset.username,
      text: message.text,
      sentAt: Date.now(),
    };
    this.#change((following) => this.#timeline.receive([sent], following));
  }

  // The own message may come before its ack.
  #settleEchoes(messages) {
    for (const message of messages) {
      if (message.authorId === this.#userId && this.#outbox.has(message.clientId)) {
        this.#outbox.discard(message.clientId);
      }
    }
  }

  #showJump() {
    this.#pill.show(this.#scroll.isAtEnd, this.#timeline.isAttached);
  }

  // A screen reader reads a talk out, but not a flood.
  #calm(count) {
    if (count < BUSY_MESSAGES) {
      return;
    }
    clearTimeout(this.#calmTimer);
    const log = this.#find("log");
    log.setAttribute("aria-live", "off");
    this.#calmTimer = setTimeout(() => log.setAttribute("aria-live", "polite"), CALM_MS);
  }

  #sayWaiting() {
    if (this.#find("history-banner").hidden) {
      this.#sayHistory("loading_gap");
    }
  }

  #sayHistory(name) {
    const banner = this.#find("history-banner");
    banner.hidden = name === null;
    banner.querySelector("[data-sentence]").textContent = name ? say(name) : "";
  }

  #find(name) {
    return this.#element.querySelector(`[data-${name}]`);
  }

  #page(name) {
    return document.querySelector(`[data-${name}]`);
  }
}
