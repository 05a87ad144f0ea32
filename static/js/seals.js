// The same two signs and hue that accounts/templatetags/page.py gives a person.

const HUES = 6;
const KOREAN_NAME = /^[가-힣]{3}$/;

export function personMark(name) {
  const letters = Array.from(name.replaceAll(" ", ""));
  const isKoreanName = KOREAN_NAME.test(letters.join(""));
  return (isKoreanName ? letters.slice(1) : letters.slice(0, 2)).join("");
}

export function hue(ownerId) {
  return String(((ownerId % HUES) + HUES) % HUES); // also for bots, whose ids are negative
}
