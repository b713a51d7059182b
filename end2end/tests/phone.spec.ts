// At the width of a small phone: nothing to be moved sideways, everything within a thumb's reach.
import type { Page } from "@playwright/test";
import { figure, refreshButton, syncStatus, toast, twinSwitch } from "../dashboard.ts";
import { expect, open, test } from "../fixtures.ts";
import { breakThings, writeMonth } from "../samples.ts";

const WIDTH = 360;
const PAGES = ["/", "/projects", "/tokens", "/analytics", "/quality", "/kanban", "/alerts", "/sources", "/prices", "/settings", "/sync", "/nowhere"];

test.use({
  viewport: { width: WIDTH, height: 740 },
  hasTouch: true,
  // The page that does not exist.
  expected: /404/,
  prepare: ({}, use) => use((server) => writeMonth(server).then(() => breakThings(server))),
});

test("no page is wider than the screen", async ({ page }) => {
  for (const path of PAGES) {
    await open(page, path);
    if (await twinSwitch(page).isVisible()) await twinSwitch(page).tap();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(WIDTH);
    expect(await sticksOut(page), path).toEqual([]);
  }
});

test("everything that is touched is large enough", async ({ page }) => {
  for (const path of PAGES) {
    await open(page, path);
    await refreshButton(page).tap();
    await expect(toast(page)).toContainText("Partly synced");
    expect(await smallTargets(page), path).toEqual([]);
  }
});

test("the navigation is at the bottom and leads everywhere", async ({ page }) => {
  await open(page, "/");
  const bar = page.getByRole("navigation", { name: "Main" });
  const more = page.getByRole("button", { name: "More" });
  for (const [name, path, behindMore] of [
    ["Projects", "/projects"],
    ["Tokens", "/tokens"],
    ["Analytics", "/analytics"],
    ["Quality", "/quality", true],
    ["Kanban", "/kanban", true],
    ["Sources", "/sources", true],
    ["Prices", "/prices", true],
    ["Sync log", "/sync", true],
    ["Settings", "/settings", true],
    ["Overview", "/"],
  ] as [string, string, boolean?][]) {
    const control = behindMore ? more : bar.getByRole("link", { name });
    const box = (await control.boundingBox())!;
    expect(box.y, "in the lower tenth").toBeGreaterThan(740 * 0.9);
    expect(box.y + box.height).toBeLessThanOrEqual(740);
    await control.tap();
    if (behindMore) await page.getByRole("navigation", { name: "More pages" }).getByRole("link", { name }).tap();
    await expect(page).toHaveURL(path);
    await expect(page.getByRole("navigation", { name: "More pages" })).toBeHidden();
    await expect(control).toHaveAttribute("aria-current", behindMore ? "true" : "page");
  }
});

test("the bar hides neither the end of a page nor the toast", async ({ page }) => {
  await open(page, "/tokens");
  await refreshButton(page).tap();
  await expect(toast(page)).toContainText("Partly synced");
  const bar = (await page.getByRole("navigation", { name: "Main" }).boundingBox())!;
  const box = (await toast(page).boundingBox())!;
  expect(box.y + box.height).toBeLessThanOrEqual(bar.y);
  await page.getByRole("button", { name: "Dismiss" }).tap();
  await page.keyboard.press("End");
  const last = page.getByRole("link", { name: "Older" });
  await last.tap();
  await expect(page).toHaveURL(/page=2/);
});

test("the numbers, the status and Refresh are on the first screen", async ({ page }) => {
  await open(page, "/");
  await expect(page.getByRole("heading", { level: 1 })).toBeInViewport();
  await expect(figure(page, "Spend, 30 days")).toBeInViewport({ ratio: 1 });
  await expect(syncStatus(page)).toBeInViewport({ ratio: 1 });
  await expect(refreshButton(page)).toBeInViewport({ ratio: 1 });
});

/** What stands beyond the right edge, but for what scrolls in a box of its own. */
function sticksOut(page: Page) {
  return page.evaluate((width) => {
    const inBox = (element: Element) => element.closest(".scroll, pre, .unseen, .skip, svg");
    return [...document.body.querySelectorAll("*")]
      .filter((element) => element.checkVisibility() && !inBox(element))
      .filter((element) => element.getBoundingClientRect().right > width + 0.5)
      .map((element) => `${element.localName}.${element.className} ${element.textContent?.slice(0, 40)}`);
  }, WIDTH);
}

/** Targets less than 24 px wide or high; links within a sentence may be as high as their line (WCAG 2.5.8). */
function smallTargets(page: Page) {
  return page.evaluate(() => {
    const inSentence = (element: Element) => element.matches("p > a, li > a") && !element.closest("nav");
    return [...document.querySelectorAll("a, button, summary")]
      .filter((element) => element.checkVisibility() && !element.matches(".skip") && !inSentence(element))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ element, box }) => `${element.textContent || element.ariaLabel}: ${box.width} x ${box.height}`);
  });
}
