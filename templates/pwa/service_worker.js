{% load built %}// Opens the site offline on what it last saw, and shows notifications. Served at /sw.js.

const PAGES = "pages";
const STATIC = "static";
const OFFLINE = "/offline/";
const MOST_PAGES = 30;
const SHELL = [OFFLINE, "{% built 'style.css' %}", "{% built 'main.js' %}"];
const BUILT = "/static/built/"; // each build has other names; pages kept from before want those of theirs
const MOST_BUILT = 12;
const PATIENCE_MS = 4000; // then what was last seen is better than waiting
// Pages of talk only: what wallets hold is never shown from yesterday.
const KEPT = /^\/(channels\/\d+\/)?$/;
const LEFT = /^\/accounts\/(login|logout|signup|delete)\//;

// Also once for each build, because this script names its files.
addEventListener("install", (event) => event.waitUntil(install().then(() => skipWaiting())));

async function install() {
  const cache = await caches.open(STATIC);
  await cache.addAll(SHELL);
  await forgetOldest(cache, (one) => one.url.includes(BUILT), MOST_BUILT);
}

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) {
    return;
  }
  if (url.pathname.startsWith("/static/")) {
    event.respondWith(fromNetworkOrKept(event.request));
  } else if (event.request.mode === "navigate") {
    event.respondWith(navigate(event, url));
  }
});

// Built files are what their name says; of drawings the network's when there is one.
async function fromNetworkOrKept(request) {
  const cache = await caches.open(STATIC);
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      cache.put(request, answer.clone());
    }
    return answer;
  } catch (away) {
    const kept = await cache.match(request);
    if (kept) {
      return kept;
    }
    throw away;
  }
}

async function navigate(event, url) {
  if (LEFT.test(url.pathname)) {
    return leave(event, url);
  }
  if (event.request.method !== "GET" || !KEPT.test(url.pathname) || url.search) {
    return fetch(event.request).catch(() => fromKept(url));
  }
  const fresh = fetchAndKeep(url, event.request);
  event.waitUntil(fresh.catch(() => undefined));
  const kept = await matchKept(url);
  if (!kept) {
    return fresh.catch(() => fromKept(url));
  }
  const patience = new Promise((done) => setTimeout(() => done(kept), PATIENCE_MS));
  return Promise.race([fresh.catch(() => kept), patience]);
}

// Whoever logs in or out may be somebody else: nothing that the last person saw stays. Until the answer the
// old log-in holds, and what is fetched with it meanwhile goes, too.
async function leave(event, url) {
  await forgetPages();
  try {
    return await fetch(event.request);
  } catch {
    return fromKept(url);
  } finally {
    await forgetPages();
  }
}

let times = 0; // that somebody may have left: what was asked for before is not kept after

function forgetPages() {
  times += 1;
  return caches.delete(PAGES);
}

async function fetchAndKeep(url, request) {
  const begun = times;
  const answer = await fetch(request);
  await keep(url, answer, begun);
  return answer;
}

async function keep(url, answer, begun) {
  if (answer.redirected && LEFT.test(new URL(answer.url).pathname)) {
    await forgetPages();
  } else if (answer.ok && !answer.redirected && begun === times) {
    const cache = await caches.open(PAGES);
    await cache.delete(url.pathname); // so that it stands last again
    await cache.put(url.pathname, answer.clone());
    if (begun !== times) {
      await cache.delete(url.pathname);
    }
    await forgetOldest(cache, () => true, MOST_PAGES);
  }
}

async function forgetOldest(cache, isOne, most) {
  for (const old of (await cache.keys()).filter(isOne).slice(0, -most)) {
    await cache.delete(old);
  }
}

async function matchKept(url) {
  return (await caches.open(PAGES)).match(url.pathname);
}

async function fromKept(url) {
  return (await matchKept(url)) ?? (await caches.match(OFFLINE)) ?? Response.error();
}

// A page that is left tells what it shows, so that this is what is seen offline.
addEventListener("message", (event) => {
  const url = new URL(event.data?.seen ?? "/none/", location.origin);
  if (url.origin === location.origin && KEPT.test(url.pathname)) {
    event.waitUntil(fetchAndKeep(url, url.pathname).catch(() => undefined));
  }
});

let showing = Promise.resolve(); // one after the other: each loads its picture first, and the last is to stay

addEventListener("push", (event) => {
  const told = event.data?.json();
  if (told) {
    showing = showing.catch(() => undefined).then(() => show(told));
    event.waitUntil(showing);
  }
});

function show(told) {
  return registration.showNotification(told.title, {
    body: told.text,
    tag: `channel-${told.channel}`,
    renotify: true,
    icon: "/static/icons/192.png",
    data: { url: told.url },
  });
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

async function open(address) {
  const url = new URL(address, location.origin);
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((page) => new URL(page.url).pathname === url.pathname) ?? pages[0];
  if (!there) {
    return clients.openWindow(url.href);
  }
  await there.focus();
  return new URL(there.url).pathname === url.pathname ? there : there.navigate(url.href);
}
