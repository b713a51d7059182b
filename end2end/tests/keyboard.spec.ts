// Everything can be done without a mouse, and one sees where one is.
import type { Locator, Page } from "@playwright/test";
import { chart, chartMenu, figure, refreshButton, series, toast, twin, twinSwitch } from "../dashboard.ts";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";

test.use({ prepare: ({}, use) => use((server) => server.writeClaude()) });

test("Tab goes through the page in reading order, and what has the focus is outlined", async ({ page }) => {
  await open(page, "/");
  for (const next of [
    page.getByRole("link", { name: "Skip to content" }),
    page.getByRole("link", { name: "Allclear" }),
    page.getByRole("link", { name: "Overview" }),
    page.getByRole("navigation").getByRole("link", { name: "Projects" }),
    page.getByRole("navigation").getByRole("link", { name: "Tokens" }),
    page.getByRole("navigation").getByRole("link", { name: "Analytics" }),
    page.getByRole("navigation").getByRole("link", { name: "Quality" }),
    page.getByRole("navigation").getByRole("link", { name: "Kanban" }),
    page.getByRole("navigation").getByRole("link", { name: "Orders" }),
    page.getByRole("navigation").getByRole("link", { name: "Clients" }),
    page.getByRole("navigation").getByRole("link", { name: "Sources" }),
    page.getByRole("navigation").getByRole("link", { name: "Prices" }),
    page.getByRole("navigation").getByRole("link", { name: "Sync log" }),
    page.getByRole("navigation").getByRole("link", { name: "Settings" }),
    page.getByRole("navigation").getByRole("link", { name: "Users" }),
    page.getByRole("button", { name: /^Theme/ }),
    page.getByRole("button", { name: "Go to a page or project" }),
    page.getByRole("link", { name: "Alerts: none" }),
    refreshButton(page),
    series(page, "Opus 5.5"),
    page.getByRole("link", { name: "7 days" }),
    page.getByRole("link", { name: "30 days" }),
    page.getByRole("link", { name: "90 days" }),
    chartMenu(page),
    chart(page),
    twinSwitch(page),
    page.getByRole("link", { name: "Top models as CSV" }),
    page.getByRole("link", { name: "Top models as JSON" }),
    page.getByRole("link", { name: "Top projects as CSV" }),
    page.getByRole("link", { name: "Top projects as JSON" }),
    page.getByRole("main").getByRole("link", { name: "All sources" }),
  ]) {
    await page.keyboard.press("Tab");
    await expectOutlined(next);
  }
});

test("the skip link leads past the navigation", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(series(page, "Opus 5.5")).toBeFocused();
});

test("Enter follows the navigation", async ({ page }) => {
  await open(page, "/");
  const expectKept = await keepDocument(page);
  await tabTo(page, page.getByRole("link", { name: "Tokens" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/tokens");
  await expect(page).toHaveTitle("Tokens · Allclear");
  await expect(page.getByRole("link", { name: "Tokens" })).toHaveAttribute("aria-current", "page");
  await expectKept();
});

test("Enter changes the window, and the focus stays on it", async ({ page }) => {
  await open(page, "/");
  const week = page.getByRole("link", { name: "7 days" });
  await tabTo(page, week);
  await page.keyboard.press("Enter");
  await expect(figure(page, "Spend, 7 days")).toBeVisible();
  await expect(week).toHaveAttribute("aria-current", "true");
  await expectOutlined(week);
});

test("Enter refreshes, and the focus stays on the button", async ({ page }) => {
  await open(page, "/");
  await tabTo(page, refreshButton(page));
  await page.keyboard.press("Enter");
  await expect(toast(page)).toContainText("Sync complete");
  await expectOutlined(refreshButton(page));
  await page.keyboard.press("Space");
  await expect(toast(page)).toContainText("Sync complete");
});

test("the chart's table opens, and can be scrolled", async ({ page }) => {
  await open(page, "/?window=90d");
  await tabTo(page, twinSwitch(page));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const region = page.getByRole("region", { name: "The chart's numbers" });
  await expectOutlined(region);
  await page.keyboard.press("End");
  await expect(twin(page).getByRole("row").last()).toBeInViewport();
});

test("the toast can be dismissed", async ({ page, server }) => {
  await server.writeData("tokens.json", "broken");
  await open(page, "/");
  await refreshButton(page).press("Enter");
  await expect(toast(page)).toContainText("Partly synced");
  await tabTo(page, page.getByRole("button", { name: "Dismiss" }));
  await page.keyboard.press("Enter");
  await expect(toast(page)).toBeHidden();
});

/** Presses Tab until `target` has the focus; gives up after a round through the page. */
async function tabTo(page: Page, target: Locator) {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab does not reach ${target}`);
}

async function expectOutlined(target: Locator) {
  await expect(target).toBeFocused();
  await expect(target).toBeInViewport();
  await expect(target).not.toHaveCSS("outline-style", "none");
  await expect(target).not.toHaveCSS("outline-width", "0px");
}

test("Ctrl and K, a few letters and Enter lead to any page", async ({ page }) => {
  await open(page, "/");
  const expectKept = await keepDocument(page);
  const palette = page.getByRole("dialog", { name: "Go to" });
  await page.keyboard.press("Control+k");
  const field = palette.getByRole("combobox");
  await expect(field).toBeFocused();
  await expect(palette.getByRole("option", { name: "Overview" })).toHaveAttribute("aria-selected", "true");
  await expectAccessible(page);
  await field.fill("lo");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await expect(palette.getByRole("option", { name: /Sync log/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sync$/);
  await expect(palette).toBeHidden();
  await expectKept();

  await page.getByRole("button", { name: "Go to a page or project" }).click();
  await field.fill("no such page");
  await expect(palette.getByRole("status")).toHaveText("Nothing is called so.");
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
});
