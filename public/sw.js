// Shows what the server pushes while no tab is open, and leads to the page about it. Keeps nothing and fetches nothing.
"use strict";

const FALLBACK = { title: "Allclear", body: "Something needs you.", href: "/alerts" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let news = FALLBACK;
  try {
    news = { ...FALLBACK, ...event.data.json() };
  } catch {
    // A push without words is one all the same: browsers insist that something is shown.
  }
  // The page shows the same alert under the same tag: whichever comes second takes the place of the first.
  const options = { body: news.body, tag: news.tag, data: { href: news.href }, icon: "/favicon.svg" };
  event.waitUntil(self.registration.showNotification(news.title, options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.href ?? FALLBACK.href, self.location.origin);
  if (url.origin === self.location.origin) event.waitUntil(lead(url.href));
});

async function lead(href) {
  const [tab] = await self.clients.matchAll({ type: "window" });
  if (!tab) return self.clients.openWindow(href);
  await tab.focus();
  return tab.navigate(href);
}
