// What can be done with a chart: hide a series, walk through the points, zoom, save it.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { chart, chartMenu, drawing, series, twin } from "../dashboard.ts";
import { expect, expectAccessible, open, test } from "../fixtures.ts";

const TODAY = new Date().toISOString().slice(0, 10);

// Drawings are compared: they must not be on their way.
test.use({
  contextOptions: { reducedMotion: "reduce" },
  prepare: ({}, use) =>
    use(async (server) => {
      await server.writeClaude({ model: "claude-opus-5-5" });
      await server.writeClaude({ model: "claude-haiku-5-5" });
    }),
});

test("a series can be hidden, stays so in another window, and comes back", async ({ page }) => {
  await opened(page);
  const before = await drawing(page);
  await series(page, "Haiku 5.5").click();
  await expect(series(page, "Haiku 5.5")).toHaveAttribute("aria-pressed", "false");
  await expect(series(page, "Opus 5.5")).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => drawing(page)).not.toBe(before);
  await page.getByRole("link", { name: "7 days" }).click();
  await expect(chart(page)).toHaveAccessibleName(/^Spend per day/);
  await expect(series(page, "Haiku 5.5")).toHaveAttribute("aria-pressed", "false");
  await expectAccessible(page);
  await page.getByRole("link", { name: "30 days" }).click();
  await series(page, "Haiku 5.5").press("Enter");
  await expect(series(page, "Haiku 5.5")).toHaveAttribute("aria-pressed", "true");
  await expect.poll(() => drawing(page)).toBe(before);
});

test("arrow keys tell point by point what the table says", async ({ page }) => {
  await opened(page);
  const said = page.locator(".chart").first().locator("[aria-live]");
  await chart(page).focus();
  await expect(said).toHaveText("Arrow keys move through the points.");
  const before = await drawing(page);
  await chart(page).press("ArrowLeft");
  await expect(said).toHaveText(new RegExp(`^${TODAY}: Opus 5\\.5 \\$\\d.*, Haiku 5\\.5 .*, Total `));
  await expect.poll(() => drawing(page), "a tooltip").not.toBe(before);
  await chart(page).press("ArrowLeft");
  await expect(said).not.toContainText(TODAY);
  await chart(page).press("End");
  await expect(said).toContainText(TODAY);
  await chart(page).press("Escape");
  await expect(said).toBeEmpty();
  await expect(chart(page)).toBeFocused();
  await expect.poll(() => drawing(page)).toBe(before);
});

test("a chart zooms by the menu and by keys, and not by the wheel alone", async ({ page }) => {
  await opened(page);
  const before = await drawing(page);
  await chart(page).hover();
  await page.mouse.wheel(0, 200);
  await expect.poll(() => page.evaluate(() => scrollY), "the page scrolls").toBeGreaterThan(0);
  await page.mouse.move(0, 0);
  await expect.poll(() => drawing(page)).toBe(before);
  await chart(page).hover();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await page.mouse.move(0, 0);
  await expect.poll(() => drawing(page), "with Ctrl it zooms").not.toBe(before);
  await chart(page).press("0");
  await expect.poll(() => drawing(page)).toBe(before);
  await chart(page).blur();
  await chartMenu(page).click();
  await page.getByRole("button", { name: "Zoom in" }).first().click();
  await expect.poll(() => drawing(page)).not.toBe(before);
  await chart(page).press("0");
  await expect.poll(() => drawing(page)).toBe(before);
});

test("a chart is saved as PNG and as SVG, named after itself and its days", async ({ page }) => {
  await opened(page);
  const save = async (kind: string) => {
    await chartMenu(page).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: `Save as ${kind}` }).first().click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(new RegExp(`^spend-by-model-\\d{4}-\\d\\d-\\d\\d-${TODAY}\\.${kind.toLowerCase()}$`));
    return readFile(await file.path());
  };
  const svg = (await save("SVG")).toString();
  expect(svg).toContain(">Spend by model</text>");
  expect(svg).toContain(">Haiku 5.5</text>");
  expect(svg).not.toMatch(/<image|<foreignObject|<script/);
  // Not in the page, whose policy would be asked about every style of the file.
  const other = await page.context().newPage();
  const parsed = await other.evaluate((text) => new DOMParser().parseFromString(text, "image/svg+xml").documentElement.nodeName, svg);
  expect(parsed, "it is XML").toBe("svg");
  expect((await save("PNG")).subarray(1, 4).toString()).toBe("PNG");
});

test("without script a chart is a list of names and a table", { tag: "@nojs-only" }, async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("list", { name: "Series" }).first()).toHaveText(/Opus 5.5/);
  await expect(series(page, "Opus 5.5")).toBeHidden();
  await expect(chartMenu(page)).toBeHidden();
  await expect(twin(page)).toBeVisible();
});

async function opened(page: Page) {
  await open(page, "/");
  await expect(chart(page).locator("canvas")).toBeVisible();
}
