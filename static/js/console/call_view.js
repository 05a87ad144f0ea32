// Draws one call of the log: when, what, by whom, how long, and both sides as JSON.

import { parts } from "./json.js";

const MOST_CHARACTERS = 12_000;
const CLASSES = {
  header: "json__header",
  name: "json__name",
  number: "json__number",
  secret: "json__secret",
  word: "json__word",
};

export class CallView {
  element;
  #words;
  #lines;

  // `call` is masked already: { at, method, path, name, way, headers, body }.
  constructor(template, words, call) {
    this.#words = words;
    this.element = template.content.firstElementChild.cloneNode(true);
    const time = timeOf(call.at);
    this.#write("at", time);
    this.#find("at").dateTime = call.at.toISOString();
    this.#write("method", call.method);
    this.#write("path", call.path);
    this.#write("who", call.name);
    this.#write("way", call.way);
    this.#lines = [`${time} ${call.method} ${call.path} (${[call.name, call.way].filter(Boolean).join(", ")})`];
    this.#writeSide("request", "→", call.headers, call.body);
  }

  // `answer` is masked already: { status, ms, headers, content }.
  finish({ status, ms, headers, content }) {
    const took = `${Math.round(ms)} ms`;
    this.#write("ms", took);
    this.#find("status").replaceWith(statusTag(status));
    this.#lines[0] += ` ${status || "–"} ${took}`;
    const written = status === 0 ? this.#words.away : (content ?? this.#words.nothing);
    this.#writeSide("response", "←", headers, written);
  }

  // The whole call as plain text.
  get text() {
    return this.#lines.join("\n");
  }

  #find(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  #write(name, text) {
    this.#find(name).textContent = text;
  }

  #writeSide(name, arrow, headers, content) {
    const told = Object.entries(headers).map(([header, value]) => `${header}: ${value}`);
    const side = this.#find(name);
    side.hidden = told.length === 0 && content === undefined;
    if (side.hidden) {
      return;
    }
    const head = told.flatMap((line) => [{ text: line, kind: "header" }, { text: "\n", kind: "" }]);
    const drawn = [...head, ...this.#bounded(partsOf(content))];
    const block = side.querySelector("pre");
    block.replaceChildren(...drawn.map(nodeOf));
    this.#lines.push(`${arrow} ${block.textContent.trim()}`);
  }

  // The page does not grow without end: what is beyond is only counted.
  *#bounded(drawn) {
    let left = MOST_CHARACTERS;
    for (const part of drawn) {
      if (left > 0) {
        yield { ...part, text: part.text.slice(0, left) };
      }
      left -= part.text.length;
    }
    if (left < 0) {
      const cut = this.#words.cut.replace("{count}", (-left).toLocaleString("en-US"));
      yield { text: `\n${cut}`, kind: "header" };
    }
  }
}

// The status of an answer as the log and the forms show it.
export function statusTag(status) {
  const tag = document.createElement("span");
  tag.className = "tag";
  tag.dataset.status = status >= 200 && status < 400 ? "done" : status >= 400 && status < 500 ? "partial" : "failed";
  tag.textContent = status === 0 ? "–" : String(status);
  return tag;
}

function* partsOf(content) {
  if (typeof content === "string") {
    yield { text: content, kind: "" };
  } else if (content !== undefined) {
    yield* parts(content);
  }
}

function nodeOf({ text, kind }) {
  if (!kind) {
    return text;
  }
  const span = document.createElement("span");
  span.className = CLASSES[kind];
  span.textContent = text;
  return span;
}

function timeOf(at) {
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((one) => String(one).padStart(2, "0"));
  return `${clock.join(":")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}
