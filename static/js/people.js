// The members of a channel by name, asked for when they are needed and then known.

const MOST_PAGES = 5; // of a large channel not everybody is looked up for a name

export class People {
  #url;
  #names = new Map();
  #found = new Map(); // pages by what was asked

  constructor(channelId) {
    this.#url = `/api/v1/channels/${channelId}/members/`;
  }

  // People [{id, username}] whose name has the term in it; null while they cannot be had. A syllable that is still
  // being typed fits each that begins like it: 미 finds 민준.
  async find(term) {
    const isOpen = /[ㄱ-ㅎㅏ-ㅣ가-힣]$/.test(term);
    const people = await this.#ask(isOpen ? term.slice(0, -1) : term);
    const pattern = new RegExp(begun(term), "i");
    return people && people.filter((person) => pattern.test(person.username));
  }

  // The names of these ids, of those that are known or can be found.
  async names(ids) {
    let page = this.#url;
    for (let count = 0; page && count < MOST_PAGES && ids.some((id) => !this.#names.has(id)); count += 1) {
      const answer = await read(page);
      answer?.results.forEach(({ user }) => this.#names.set(user.id, user.username));
      page = answer?.next;
    }
    return ids.filter((id) => this.#names.has(id)).map((id) => this.#names.get(id));
  }

  // Who was met in the talk need not be asked for.
  meet(id, username) {
    this.#names.set(id, username);
  }

  async #ask(words) {
    if (!this.#found.has(words)) {
      const page = await read(`${this.#url}?q=${encodeURIComponent(words)}`);
      if (!page) {
        return null;
      }
      this.#found.set(words, page.results.map(({ user }) => ({ id: user.id, username: user.username })));
    }
    return this.#found.get(words);
  }
}

const FIRST = "가".charCodeAt(0);
const LAST = "힣".charCodeAt(0);
const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const FINALS = 28;
const PER_INITIAL = 21 * FINALS;

// A pattern for the names that a half typed one may become.
function begun(term) {
  const whole = escaped(term.slice(0, -1));
  const code = term.charCodeAt(term.length - 1);
  const initial = INITIALS.indexOf(term.at(-1) || " ");
  if (initial >= 0) {
    return whole + range(FIRST + initial * PER_INITIAL, PER_INITIAL);
  }
  const isWithoutFinal = code >= FIRST && code <= LAST && (code - FIRST) % FINALS === 0;
  return isWithoutFinal ? whole + range(code, FINALS) : escaped(term);
}

function range(first, count) {
  return `[${String.fromCharCode(first)}-${String.fromCharCode(first + count - 1)}]`;
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

async function read(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
