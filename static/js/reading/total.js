// All unread messages together: "(3)" before the page's title, a mark in its icon, a badge in the dock and on the app.

import { MOST } from "./unread_count.js";

const COUNT = /^\(\d+\+?\) /;

export function showTotal(total) {
  const text = total >= MOST ? `${MOST}+` : String(total);
  const title = document.title.replace(COUNT, "");
  const wanted = total ? `(${text}) ${title}` : title;
  if (document.title !== wanted) {
    document.title = wanted;
    navigator.setAppBadge?.(total).catch(() => {}); // only installed apps have one
  }
  const icon = document.querySelector("link[data-unread-icon]");
  icon.dataset.readIcon = icon.dataset.readIcon ?? icon.href;
  const address = total ? icon.dataset.unreadIcon : icon.dataset.readIcon;
  if (icon.getAttribute("href") !== address) {
    icon.href = address;
  }
  for (const badge of document.querySelectorAll("[data-badge-total]")) {
    badge.hidden = total === 0;
    badge.querySelector("[data-badge-count]").textContent = text;
  }
}
