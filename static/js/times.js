// Times of day and days in the page's language and the reader's time zone.

const language = document.documentElement.lang === "en" ? "en-US" : "ko-KR";
const clockFormat = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(language === "en-US" ? "en-GB" : language, {
  year: "numeric",
  month: "long",
  day: "numeric",
  weekday: "long",
});
const keyFormat = new Intl.DateTimeFormat("en-CA");

const monthDayFormat = new Intl.DateTimeFormat(language === "en-US" ? "en-GB" : language, {
  month: "long",
  day: "numeric",
  timeZone: "UTC",
});

export function clock(milliseconds) {
  return clockFormat.format(milliseconds).replace("\u202f", " ");
}

// With the year when it is another one.
export function dayLine(milliseconds) {
  const parts = Object.fromEntries(dayFormat.formatToParts(milliseconds).map((part) => [part.type, part.value]));
  const isThisYear = new Date(milliseconds).getFullYear() === new Date().getFullYear();
  if (language === "ko-KR") {
    return `${isThisYear ? "" : `${parts.year}년 `}${parts.month} ${parts.day}일 ${parts.weekday}`;
  }
  return `${parts.day} ${parts.month}${isThisYear ? "" : ` ${parts.year}`} ${parts.weekday}`;
}

export function weekday(milliseconds) {
  return dayFormat.formatToParts(milliseconds).find((part) => part.type === "weekday").value;
}

// Of a date like "2026-12-05".
export function dayOfMonth(date) {
  return monthDayFormat.format(Date.parse(date));
}

export function dayKey(milliseconds) {
  return keyFormat.format(milliseconds);
}
