// Which messages begin a day and which go on with what the same person says.

import { dayKey, dayLine } from "./times.js";

const GROUP_MS = 5 * 60_000; // chat/messages/transcript.py groups history by the same rule

// `previous` is the message before it, null at the top.
export function group(element, message, previous) {
  const startsDay = previous === null || dayKey(previous.sentAt) !== dayKey(message.sentAt);
  const line = element.querySelector("[data-day]");
  line.hidden = !startsDay;
  line.textContent = startsDay ? dayLine(message.sentAt) : "";
  const joined =
    !startsDay && speaker(previous) === speaker(message) && message.sentAt - previous.sentAt < GROUP_MS;
  element.classList.toggle("message--joined", joined);
}

function speaker(message) {
  return message.slip ? message.authorName : message.authorId;
}
