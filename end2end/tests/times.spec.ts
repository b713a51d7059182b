// Times: absolute in the HTML, in the user's zone whatever the browser's is; relative once the page is alive.
import { syncStatus, twin, twinSwitch } from "../dashboard.ts";
import { expect, open, test } from "../fixtures.ts";

const ABSOLUTE = /^\d{1,2} \w{3} \d{4}, \d\d:\d\d:\d\d$/;

// A browser far from the server, in zone and language: what it draws must still equal what the server drew.
test.use({
  timezoneId: "Pacific/Auckland",
  locale: "de-DE",
  serverOptions: { env: { ALLCLEAR_TIMEZONE: "America/Los_Angeles" } },
  prepare: ({}, use) => use((server) => server.writeClaude()),
});

test("the day is the server's, and nothing shifts when the page comes alive", async ({ page, request }) => {
  const answer = await request.get("/data/analytics.json");
  const { to } = (await answer.json()).windows["30d"];
  await open(page, "/");
  await twinSwitch(page).click();
  await expect(twin(page).getByRole("row").nth(1)).toContainText(to);
  await expect(twin(page).getByRole("row").nth(1)).toContainText("$0.05");
});

test("relative times go on, absolute ones are a hover away", async ({ page }) => {
  await page.clock.install();
  await open(page, "/");
  const time = syncStatus(page).getByRole("time");
  await expect(time).toHaveText("just now");
  await expect(time).toHaveAttribute("title", ABSOLUTE);
  for (const [passes, text] of [
    [60_000, "1 min ago"],
    [3_600_000, "1 h ago"],
    [2 * 86_400_000, "2 d ago"],
  ] as const) {
    await page.clock.fastForward(passes);
    await expect(time).toHaveText(text);
  }
});

test("a time that comes with a new run is in the user's zone too", async ({ page, request }) => {
  await open(page, "/");
  const time = syncStatus(page).getByRole("time");
  const first = await time.getAttribute("datetime");
  await request.post("/api/sync");
  await expect(time).not.toHaveAttribute("datetime", first!);
  await expect(time).toHaveAttribute("title", ABSOLUTE);
});

test("what changes by itself every few seconds is not read out", async ({ page }) => {
  await open(page, "/");
  const time = syncStatus(page).getByRole("time");
  await expect(time).toHaveText("just now");
  const isLive = await time.evaluate((element) => {
    const region = element.closest("[aria-live], [role=status], [role=alert]");
    return region !== null && region.getAttribute("aria-live") !== "off";
  });
  expect(isLive, "a live region tells a screen reader of every change").toBe(false);
});

test.describe("before the page is alive", () => {
  test("times are absolute", async ({ request }) => {
    const html = await (await request.get("/")).text();
    const times = [...html.matchAll(/<time[^>]*>(.*?)<\/time>/g)].map(([, text]) => text.replaceAll(/<!.*?>/g, ""));
    expect(times.length).toBeGreaterThan(0);
    for (const text of times) expect(text).toMatch(ABSOLUTE);
  });
});
