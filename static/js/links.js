// Plain text with its web addresses as links. Text becomes text nodes only, never markup.

// The same rule as ADDRESS in chat/templatetags/chat.py.
const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,:;!?)\]}…。]/g;

export function fillWithLinks(element, text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    nodes.push(document.createTextNode(text.slice(end, match.index)), linkTo(match[0]));
    end = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(text.slice(end)));
  element.replaceChildren(...nodes);
}

function linkTo(address) {
  const link = document.createElement("a");
  link.href = address;
  link.rel = "noopener nofollow";
  link.target = "_blank";
  link.textContent = address;
  return link;
}
