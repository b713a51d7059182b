// Orders that stay current while somebody looks, and what the foot of the sidebar says of it.
import type { Page } from "@playwright/test";
import { expect, open, test as base } from "../fixtures.ts";
import { Till } from "../till.ts";

/** The shortest that is allowed. */
const EVERY_SECONDS = 10;
/** Twelve weeks, day by day, as fast as Toast allows. */
const FIRST_READING_MS = 45_000;

const test = base.extend<{ till: Till }>({
  till: async ({}, use) => {
    const till = await Till.start();
    await use(till);
    await till.stop();
  },
  prepare: ({ till }, use) =>
    use(async (server) => {
      await server.writeData("config/sync.json", { liveOrdersSeconds: EVERY_SECONDS });
      await till.add(server, "bistro", "Bistro Nine");
    }),
});
test.use({ serverOptions: { args: ["serve", "--no-schedule"] } });
// The first reading takes its time.
test.describe.configure({ timeout: 150_000 });

const indicator = (page: Page) => page.locator(".order-sync");

/** As if somebody turned to another tab, or came back. */
async function turn(page: Page, state: "hidden" | "visible") {
  await page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
    Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

/** Waits until the till was asked once more. */
async function asked(till: Till, before: number) {
  await expect.poll(() => till.changes, { timeout: 2.5 * EVERY_SECONDS * 1000 }).toBeGreaterThan(before);
}

/** How often a tab that is seen says so. */
const HEARD_EVERY_MS = 20_000;

/** Lets the page tell which of its timers go round. */
async function noteTimers(page: Page) {
  await page.addInitScript(() => {
    const [set, clear, going] = [window.setInterval.bind(window), window.clearInterval.bind(window), new Map()];
    window.setInterval = ((run: TimerHandler, ms?: number, ...rest: unknown[]) => {
      const id = set(run, ms, ...rest);
      going.set(id, ms);
      return id;
    }) as typeof window.setInterval;
    window.clearInterval = (id) => {
      going.delete(id);
      clear(id);
    };
    Object.assign(window, { goingTimers: () => [...going.values()] });
  });
}

/** How many timers tell the server that the page is looked at. */
async function heartbeats(page: Page) {
  const timers: number[] = await page.evaluate("goingTimers()");
  return timers.filter((ms) => ms === HEARD_EVERY_MS).length;
}

test("a client that is looked at is read at once, and again; a hidden tab pauses that", async ({ page, till }) => {
  await noteTimers(page);
  await open(page, "/orders?client=bistro");
  await expect(indicator(page)).toContainText(/Synced\s*just now/, { timeout: FIRST_READING_MS });
  await expect(page.getByRole("main")).toContainText("Last synced");
  expect(await heartbeats(page)).toBe(1);
  const first = till.changes;
  await asked(till, first);
  const left = page.waitForRequest(
    (request) => request.url().endsWith("/rpc/watch_orders") && !request.postDataJSON().looks,
  );
  await turn(page, "hidden");
  await (await left).response();
  expect(await heartbeats(page)).toBe(0);
  const before = till.changes;
  await turn(page, "visible");
  await asked(till, before);
  expect(await heartbeats(page)).toBe(1);
});

test("many tabs make one reading", async ({ page, context, till }) => {
  await open(page, "/orders?client=bistro");
  await expect(indicator(page)).toContainText("Synced", { timeout: FIRST_READING_MS });
  await open(await context.newPage(), "/orders?client=bistro");
  const before = till.changes;
  await asked(till, before);
  expect(till.changes).toBe(before + 1);
});

test("a limit is told with its end, and is no failure", async ({ page, till }) => {
  till.limited = 8;
  await open(page, "/orders?client=bistro");
  await expect(indicator(page)).toContainText(/Rate limited, retrying in \d+ s/, { timeout: 20_000 });
  await expect(page.getByRole("main")).not.toContainText("The last sync failed");
  till.limited = undefined;
  await expect(indicator(page)).toContainText("Synced", { timeout: FIRST_READING_MS });
});

test("keys that are refused are told with the reason", async ({ page, till }) => {
  till.revoked = true;
  await open(page, "/orders?client=bistro");
  await expect(indicator(page)).toContainText("Sync failed", { timeout: 30_000 });
  await expect(page.getByRole("main")).toContainText("The last sync failed");
  await page.getByRole("link", { name: "Hide their orders" }).click();
  await expect(page.getByRole("link", { name: "Show them too" })).toBeVisible();
});
