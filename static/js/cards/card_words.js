// What cards say, in the words of chat/templatetags/cards.py, and what pressing a choice makes of one's answer, as in
// chat/cards/lines.py: pure functions.

import { say } from "../sentences.js";
import { clock, dayKey, dayLine, weekday } from "../times.js";

export const [YES] = [0];
const DAY_MS = 24 * 60 * 60_000;
const WEEK_DAYS = 7;

export function isEvent(card) {
  return card.kind === "event";
}

export function isClosed(card) {
  return Boolean(card.closes_at) && card.closes_at <= Date.now();
}

// 오후 6:00까지 today, 일요일까지 within a week, then 11월 30일까지.
export function closing(card) {
  if (!card.closes_at) {
    return "";
  }
  return isClosed(card) ? say("card.closed") : say("card.until", { when: closingTime(card.closes_at) });
}

export function heldAt(startsAt) {
  return `${dayLine(startsAt)} ${clock(startsAt)}`;
}

// {number, label, count, isMine, then}: `then` is the reader's whole answer after pressing it.
export function choicesOf(card, answers, readerId) {
  const labels = isEvent(card) ? [say("card.coming"), say("card.not_coming"), say("card.maybe")] : card.choices;
  const mine = answers[readerId] ?? [];
  const given = Object.values(answers);
  return labels.map((label, number) => ({
    number,
    label,
    count: given.filter((chosen) => chosen.includes(number)).length,
    isMine: mine.includes(number),
    then: afterPressing(number, mine, card.multiple),
  }));
}

export function coming(answers) {
  return Object.keys(answers).filter((person) => answers[person].includes(YES)).map(Number);
}

function afterPressing(number, mine, multiple) {
  if (mine.includes(number)) {
    return mine.filter((one) => one !== number);
  }
  return multiple ? [...mine, number].sort((one, other) => one - other) : [number];
}

function closingTime(at) {
  const days = Math.round((Date.parse(dayKey(at)) - Date.parse(dayKey(Date.now()))) / DAY_MS);
  if (days === 0) {
    return clock(at);
  }
  return days < WEEK_DAYS ? weekday(at) : dayLine(at).replace(/ \S+$/, "");
}
