// The search beside the talk: words as they are typed, hits as they come, a jump into the talk. Where the screen has
// no room for a pane the switch stays what it is without scripts: a link to the page.

import { Hits, walkWithArrows } from "./hits.js";
import { onSearchKey } from "./search_key.js";

const ROOM = matchMedia("(min-width: 900px)");
const TYPING_MS = 250;

export class SearchPane {
  #pane;
  #shell;
  #switch;
  #field;
  #hits;
  #address;
  #asked = ""; // the words whose hits are shown
  #next = null; // the address of their next page
  #request = new AbortController();
  #typing = null;

  constructor(pane) {
    this.#pane = pane;
    this.#shell = pane.parentElement;
    this.#switch = document.querySelector("[data-search-switch]");
    this.#field = pane.querySelector("[data-search-field]");
    this.#hits = new Hits(pane.querySelector("[data-hits]"), pane.querySelector("[data-hit-template]"));
    this.#address = pane.dataset.address;
  }

  start() {
    this.#switch.addEventListener("click", (event) => this.#toggle(event));
    onSearchKey(() => (ROOM.matches ? this.#open() : this.#switch.click()));
    this.#pane.querySelector("[data-search-close]").addEventListener("click", () => this.#close());
    this.#pane.addEventListener("keydown", (event) => event.key === "Escape" && this.#close());
    this.#pane.addEventListener("click", (event) => this.#jump(event));
    this.#pane.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
    this.#field.addEventListener("input", (event) => event.isComposing || this.#askSoon());
    this.#field.addEventListener("compositionend", () => this.#askSoon());
    walkWithArrows(this.#pane, this.#field);
    const isNear = ([entry]) => entry.isIntersecting && this.#next && this.#load(this.#next);
    new IntersectionObserver(isNear, { rootMargin: "300px 0px" }).observe(this.#pane.querySelector("[data-edge]"));
    this.#say("hint");
  }

  #toggle(event) {
    if (!ROOM.matches) {
      return;
    }
    event.preventDefault();
    if (this.#shell.classList.contains("shell--searching")) {
      this.#close();
    } else {
      this.#open();
    }
  }

  #open() {
    this.#shell.classList.add("shell--searching");
    this.#field.focus();
    this.#field.select();
  }

  #close() {
    this.#shell.classList.remove("shell--searching");
    this.#switch.focus();
  }

  #askSoon() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#field.value.trim() !== this.#asked && this.#ask(), TYPING_MS);
  }

  #ask() {
    clearTimeout(this.#typing);
    this.#asked = this.#field.value.trim();
    this.#next = null;
    this.#hits.clear();
    if (this.#asked) {
      this.#load(`${this.#address}?${new URLSearchParams({ q: this.#asked })}`);
    } else {
      this.#request.abort();
      this.#say("hint");
    }
  }

  // A page may be empty and still have a next one: the search goes on until something stands below the edge.
  async #load(address) {
    this.#request.abort();
    const request = (this.#request = new AbortController());
    this.#next = null;
    this.#say("loading");
    let page;
    try {
      page = await read(address, request.signal);
    } catch {
      return request.signal.aborted ? null : this.#say("failed");
    }
    if (page.code) {
      return this.#say(page.code === "search_empty" ? "hint" : "failed");
    }
    this.#hits.add(page.results);
    this.#sayLag(page.indexed_until);
    this.#next = page.next;
    if (page.next && !page.results.length) {
      return this.#load(page.next);
    }
    return this.#say(page.next ? null : this.#hits.isEmpty ? "none" : "end");
  }

  // Modified clicks and pages without a talk follow the link.
  #jump(event) {
    const link = event.target.closest("a[data-hit]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) {
      return;
    }
    const talk = document.querySelector('[data-module="conversation"]');
    const asked = new CustomEvent("jump-to", { detail: link.dataset.hit, cancelable: true });
    if (talk && !talk.dispatchEvent(asked)) {
      event.preventDefault();
      this.#pane.querySelector("[aria-current]")?.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
    }
  }

  #say(name) {
    for (const state of this.#pane.querySelectorAll("[data-found-state]")) {
      state.hidden = state.dataset.foundState !== name;
    }
  }

  #sayLag(until) {
    this.#pane.querySelector("[data-behind]").hidden = until === null;
  }
}

async function read(address, signal) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal });
  if (!answer.ok && answer.status !== 400) {
    throw new Error(`search: ${answer.status}`);
  }
  return answer.json();
}
