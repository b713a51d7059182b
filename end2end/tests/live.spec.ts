// What an agent writes is on the screen about a second later, by itself.
import { card, chart, drawing, figure, twin, twinSwitch } from "../dashboard.ts";
import { expect, keepDocument, open, test } from "../fixtures.ts";

/** About a second is promised; a machine that runs two browsers at once gets a little longer. */
const SOON = { timeout: 5_000 };

test.use({ prepare: ({}, use) => use((server) => server.writeClaude()) });

test("on the overview", async ({ page, server }) => {
  await open(page, "/");
  const expectKept = await keepDocument(page);
  const spend = figure(page, "Spend, 30 days");
  await expect(spend).toContainText("$0.05");
  await server.writeClaude({}, 99);
  await expect(spend).toContainText("$4.98", SOON);
  await expect(card(page, "Top projects").getByRole("row", { name: "dashboard" })).toContainText("$4.98");
  await server.writeClaude({}, 100);
  await expect(spend).toContainText("$9.96", SOON);
  await expectKept();
});

test("on the tokens page", async ({ page, server }) => {
  await open(page, "/tokens");
  const expectKept = await keepDocument(page);
  await expect(card(page, "Sessions").getByRole("row")).toHaveCount(2);
  await server.writeClaude({ session: "a-new-session", cwd: "/home/dev/shop" }, 100);
  const session = card(page, "Sessions").getByRole("row", { name: "a-new-session" });
  await expect(session).toContainText("$4.98", SOON);
  await expect(session).toContainText("shop");
  await expect(card(page, "Spend")).toContainText("$5.03");
  await expectKept();
});

test("on the sync log, where reads that follow each other are one entry", async ({ page, server }) => {
  await open(page, "/sync");
  const reads = page.getByRole("listitem").filter({ hasText: "· watch" });
  await server.writeClaude();
  await expect(reads).toContainText("1 changed", SOON);
  await server.writeClaude();
  await expect(reads).toContainText("2 changed", SOON);
  await expect(reads).toHaveCount(1);
});

test("in the chart and in its open table", async ({ page, server }) => {
  await open(page, "/");
  await expect(chart(page).locator("canvas")).toBeVisible();
  await twinSwitch(page).click();
  const before = await drawing(page);
  await server.writeClaude({}, 99);
  await expect(twin(page).getByRole("row").nth(1)).toContainText("$4.98", SOON);
  await expect.poll(() => drawing(page), "the chart is drawn anew").not.toBe(before);
  await expect(chart(page).locator("canvas")).toHaveCount(1);
});

test("where the reader stands, nothing moves away", async ({ page, server }) => {
  await page.setViewportSize({ width: 1000, height: 500 });
  await open(page, "/");
  const link = page.getByRole("link", { name: "90 days" });
  await link.focus();
  const before = (await link.boundingBox())!.y;
  await server.writeClaude({}, 99);
  await expect(figure(page, "Spend, 30 days")).toContainText("$4.98", SOON);
  await expect(link).toBeFocused();
  expect((await link.boundingBox())!.y).toBe(before);
});

test("a hidden tab lets go of the stream, and catches up when it is looked at", async ({ page, server }) => {
  await open(page, "/");
  const setVisibility = (state: string) =>
    page.evaluate((state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  const closed = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/events"));
  await setVisibility("hidden");
  await closed;
  await server.writeClaude({}, 99);
  await server.state((state) => state.last?.trigger === "watch" && !state.running);
  await expect(figure(page, "Spend, 30 days")).toContainText("$0.05");
  await setVisibility("visible");
  await expect(figure(page, "Spend, 30 days")).toContainText("$4.98");
});
