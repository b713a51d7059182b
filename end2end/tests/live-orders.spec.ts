// Orders that stay current while somebody looks, and what the foot of the sidebar says of it.
import type { Page, Request } from "@playwright/test";
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

/** Longer than a tab that is seen stays silent. */
const SILENCE_MS = 120_000;

test("a client that is looked at is read at once, and again; a hidden tab pauses that", async ({ page, till }) => {
  await page.clock.install();
  const heard = (request: Request) => request.url().endsWith("/rpc/watch_orders");
  await open(page, "/orders?client=bistro");
  await expect(indicator(page)).toContainText(/Synced\s*just now/, { timeout: FIRST_READING_MS });
  await expect(page.getByRole("main")).toContainText("Last synced");
  const first = till.changes;
  await asked(till, first);
  const still = page.waitForRequest(heard);
  await page.clock.runFor(SILENCE_MS);
  expect((await still).postDataJSON()).toMatchObject({ looks: true });
  const left = page.waitForResponse((answer) => heard(answer.request()) && !answer.request().postDataJSON().looks);
  await turn(page, "hidden");
  await left;
  let said = 0;
  page.on("request", (request) => (said += heard(request) ? 1 : 0));
  await page.clock.runFor(SILENCE_MS);
  expect(said).toBe(0);
  const before = till.changes;
  await turn(page, "visible");
  await asked(till, before);
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
