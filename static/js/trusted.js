// The one place where text becomes a document or a script's address: where a browser knows Trusted Types, the site's
// Content-Security-Policy refuses it everywhere else. Documents that are parsed here run no scripts.

const WORKER = "/sw.js";
const policy = globalThis.trustedTypes?.createPolicy("messenger", {
  createHTML: (text) => text,
  createScriptURL: () => WORKER,
});

export function parsePage(text) {
  return new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
}

export function registerWorker() {
  return navigator.serviceWorker.register(policy ? policy.createScriptURL(WORKER) : WORKER);
}
