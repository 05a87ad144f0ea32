// The site as an app: its service worker, and telling it what is seen.

import { registerWorker } from "../trusted.js";

export async function startApp() {
  if (!("serviceWorker" in navigator)) {
    return;
  }
  try {
    await registerWorker();
  } catch {
    return; // a browser that forbids it: the site works without
  }
  // What came while the page was open is not in the page that was kept when it was opened.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      navigator.serviceWorker.controller?.postMessage({ seen: location.pathname });
    }
  });
}
