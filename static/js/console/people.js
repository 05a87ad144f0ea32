// Who asks: whoever is logged in to this page, and people who logged in on it. Their tokens are kept in this
// object and nowhere else: a reload forgets them.

import { hue, personMark } from "../seals.js";

const MOST_PEOPLE = 12;

export class People {
  #root;
  #row;
  #note;
  #tokens = new Map();

  constructor(root) {
    this.#root = root;
    this.#row = root.querySelector(".askers__row");
    this.#note = root.querySelector("[role=status]");
    root.addEventListener("change", () => {
      this.#note.textContent = "";
    });
  }

  // { name, token }; without a token it is the log-in of the page.
  get asker() {
    const chosen = this.#root.querySelector(":checked");
    return { name: chosen.dataset.name, token: this.#tokens.get(chosen) };
  }

  // They ask from now on. Somebody who was here gets the new token.
  logIn({ token, user }) {
    const key = `token-${user.id}`;
    const known = this.#row.querySelector(`[value="${key}"]`);
    const input = known ?? this.#show(user, key);
    this.#tokens.set(input, token);
    input.checked = true;
    this.#note.textContent = "";
    if (this.#tokens.size > MOST_PEOPLE) {
      this.#drop(this.#tokens.keys().next().value);
    }
  }

  // Whoever asked is logged out. The page's own log-in is said to be over; its owner stays in the row.
  logOut() {
    const chosen = this.#root.querySelector(":checked");
    if (this.#tokens.has(chosen)) {
      this.#drop(chosen);
      this.#row.querySelector("input").checked = true;
    } else {
      this.#note.textContent = this.#note.dataset.out;
    }
  }

  #show(user, key) {
    const label = this.#root.querySelector("template").content.firstElementChild.cloneNode(true);
    const input = label.querySelector("input");
    input.value = key;
    input.dataset.name = user.username;
    const seal = label.querySelector(".seal");
    seal.dataset.hue = hue(user.id);
    seal.textContent = personMark(user.username);
    label.querySelector(".asker__name").textContent = user.username;
    this.#row.append(label);
    return input;
  }

  #drop(input) {
    this.#tokens.delete(input);
    input.closest("label").remove();
  }
}
