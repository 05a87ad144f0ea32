// The page's words for scripts, which the server put into #sentences in the page's language.

const words = JSON.parse(document.getElementById("sentences")?.textContent ?? "{}");

export function say(name, values = {}) {
  const counted = values.count === 1 && words[`${name}_one`];
  const sentence = counted || words[name] || "";
  return sentence.replace(/\{(\w+)\}/g, (_, key) => format(values[key]));
}

export function sayRefusal(code) {
  return words[`refused.${code}`] ?? words.refused ?? "";
}

function format(value) {
  return typeof value === "number" ? value.toLocaleString(document.documentElement.lang) : String(value);
}
