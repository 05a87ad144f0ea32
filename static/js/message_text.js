// What somebody wrote, as the page shows it: code, web addresses, people who are named. Text becomes text nodes only,
// never markup. chat/messages/text.py draws the same, and tests hold the two to each other.

// An address ends at a blank or at a sign that is not seen (it could turn what is read round); punctuation that ends
// a sentence is not part of it.
const UNSEEN = "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff";
const ADDRESS = `https?://[^\\s${UNSEEN}<>"'\`]+[^\\s${UNSEEN}<>"'\`.,:;!?)\\]}…。]`;
const MARKS = `\\n?\`\`\`\\n?([\\s\\S]+?)\\n?\`\`\`\\n?|\`([^\`\\n]+)\`|(${ADDRESS})`;

export function fillWithText(element, { text, mentions }, readerId) {
  const people = new Map(mentions.map((person) => [`@${person.username}`, person.id]));
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(marks([...people.keys()]))) {
    const [all, block, word, address] = match;
    nodes.push(document.createTextNode(text.slice(end, match.index)));
    nodes.push(block ? code(block) : word ? made("code", word, "code-word") : address ? link(address) : mention(all));
    end = match.index + all.length;
  }
  nodes.push(document.createTextNode(text.slice(end)));
  element.replaceChildren(...nodes.filter((node) => node.textContent));

  function mention(name) {
    const id = people.get(name);
    const span = made("span", name, id === readerId ? "mention mention--mine" : "mention");
    span.dataset.person = id;
    return span;
  }
}

// Of two names that begin alike the longer one is meant.
function marks(names) {
  const longestFirst = names.sort((one, other) => other.length - one.length || (one < other ? -1 : 1));
  return new RegExp([MARKS, ...longestFirst.map(escaped)].join("|"), "gu");
}

function escaped(name) {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function link(address) {
  const anchor = made("a", address);
  anchor.href = address;
  anchor.rel = "noopener nofollow";
  anchor.target = "_blank";
  return anchor;
}

function code(text) {
  const block = made("pre", "", "code-block");
  block.append(made("code", text));
  block.tabIndex = 0; // it scrolls sideways
  return block;
}

function made(tag, text, className = null) {
  const element = document.createElement(tag);
  if (className) {
    element.className = className;
  }
  element.textContent = text;
  return element;
}
