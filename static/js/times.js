// Times of day and days in the page's language and the site's time zone, as the server writes them.

const language = document.documentElement.lang === "en" ? "en-US" : "ko-KR";
const timeZone = "Asia/Seoul";
const clockFormat = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", timeZone });
const dayFormat = new Intl.DateTimeFormat(language === "en-US" ? "en-GB" : language, {
  month: "long",
  day: "numeric",
  weekday: "long",
  timeZone,
});
const keyFormat = new Intl.DateTimeFormat("en-CA", { timeZone });

const monthDayFormat = new Intl.DateTimeFormat(language === "en-US" ? "en-GB" : language, {
  month: "long",
  day: "numeric",
  timeZone: "UTC",
});

export function clock(milliseconds) {
  return clockFormat.format(milliseconds);
}

export function dayLine(milliseconds) {
  const parts = Object.fromEntries(dayFormat.formatToParts(milliseconds).map((part) => [part.type, part.value]));
  return language === "ko-KR"
    ? `${parts.month} ${parts.day}일 ${parts.weekday}`
    : `${parts.day} ${parts.month} ${parts.weekday}`;
}

// Of a date like "2026-12-05".
export function dayOfMonth(date) {
  return monthDayFormat.format(Date.parse(date));
}

export function dayKey(milliseconds) {
  return keyFormat.format(milliseconds);
}
