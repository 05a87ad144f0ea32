// Who came and who went, in the words of chat/people/lines.py. Such a line is no message: nobody has to read it.

import { say } from "./sentences.js";

const KINDS = ["joined", "left", "removed"];

// For slip_words.js.
export const peopleLines = Object.fromEntries(KINDS.map((kind) => [kind, wordsOf(kind)]));

export function isPeopleLine(frame) {
  return frame.op === "system" && KINDS.includes(frame.kind);
}

function wordsOf(kind) {
  return {
    shown: (slip) => ({ sentence: say(`people.${kind}`, { name: slip.username }) }),
    foldKey: () => "",
    folded: (slips) => ({
      sentence: say(`people.${kind}.more`, { name: slips.at(-1).username, count: slips.length - 1 }),
    }),
  };
}
