// A model without a price gets one, on the page, and every number follows at once.
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { card, figure, toast } from "../dashboard.ts";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

const USED = { input: 1_000_000, output: 100_000, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };

/** Two models nobody has a price of, the second one used less. */
async function writeUnpriced(server: Server) {
  await server.writeClaude({ ...USED, model: "claude-opus-9" });
  await server.writeClaude({ ...USED, model: "nova-code-2", input: 500_000 });
}

test.use({ prepare: ({}, use) => use(writeUnpriced) });

test("a price is entered and the numbers change", async ({ page, server }) => {
  await open(page, "/");
  const expectKept = await keepDocument(page);
  await page.getByRole("link", { name: "2 models have no price" }).click();
  await expect(page).toHaveURL("/prices");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("2 models have no price.");
  await expect(item(page, "claude-opus-9")).toContainText("Closest: claude-opus-5-5 at $4.00 in and $20.00 out");
  await page.getByLabel("Input", { exact: true }).fill("3.5");
  await page.getByLabel("Output", { exact: true }).fill("20");
  await page.getByRole("button", { name: "Save price" }).click();
  await expect(toast(page)).toContainText("claude-opus-9 has a price Every cost was computed again with it.");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("One model has no price.");
  await expect(item(page, "nova-code-2").getByLabel("Input", { exact: true }), "the next one's form is empty").toHaveValue("");
  await expect(page.getByRole("row", { name: /claude-opus-9 yours/ })).toContainText("$3.50");
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(figure(page, "Spend, 30 days")).toContainText("$5.50");
  await expectKept();
  const file = JSON.parse(await readFile(path.join(server.dataDir, "config/prices.json"), "utf8"));
  expect(file.models).toEqual([{ model: "claude-opus-9", input: 3.5, output: 20, from: today() }]);
});

test.describe("what cannot be a price", () => {
  test.use({ expected: /400/ });

  test("is refused by its field, and what was typed stays", async ({ page }) => {
    await open(page, "/prices");
    await page.getByLabel("Input", { exact: true }).fill("3,5");
    await page.getByLabel("Output", { exact: true }).fill("20");
    await page.getByLabel("Output", { exact: true }).press("Enter");
    await expect(page.getByRole("alert")).toHaveText(/^Input is not a number; write US dollars per million tokens/);
    await expect(page.getByLabel("Input", { exact: true })).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Input", { exact: true })).toHaveValue("3,5");
    await expectAccessible(page);
    await page.getByLabel("Input", { exact: true }).fill("3.5");
    await page.getByLabel("Input", { exact: true }).press("Enter");
    await expect(toast(page)).toContainText("claude-opus-9 has a price");
    await expect(page.getByRole("alert")).toBeHidden();
    await expect(page.locator("#content")).toBeFocused();
  });
});

test("what is typed survives new numbers, and belongs to its model", async ({ page, server }) => {
  await open(page, "/prices");
  await page.getByLabel("Input", { exact: true }).fill("3.5");
  await server.writeClaude({ ...USED, model: "claude-opus-9" });
  await expect(item(page, "claude-opus-9")).toContainText("2.20 M tokens");
  await expect(page.getByLabel("Input", { exact: true })).toHaveValue("3.5");
  await expect(page.getByLabel("Input", { exact: true })).toBeFocused();
  await page.getByRole("link", { name: "Set the price of nova-code-2" }).click();
  await expect(item(page, "nova-code-2").getByLabel("Input", { exact: true })).toHaveValue("");
  await page.getByRole("link", { name: "Set the price of claude-opus-9" }).click();
  await page.getByRole("link", { name: "Fill in its prices" }).click();
  await expect(item(page, "claude-opus-9").getByLabel("Input", { exact: true })).toHaveValue("4.00");
  await expect(page.getByLabel("Cache read", { exact: true })).toHaveValue("0.20");
});

test("any price can be looked up and changed", async ({ page }) => {
  await open(page, "/prices");
  const expectKept = await keepDocument(page);
  await page.getByRole("searchbox").fill("opus-5-5");
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL("/prices?search=opus-5-5");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await expect(page.getByText(/^\d+ models?$/)).toBeVisible();
  await page.getByRole("link", { name: "Change the price of claude-opus-5-5", exact: true }).click();
  const form = card(page, "Price of claude-opus-5-5");
  await expect(form).toContainText("Now $4.00 in and $20.00 out, Anthropic, built in");
  await expect(form.getByLabel("Output", { exact: true })).toHaveValue("20.00");
  await form.getByRole("link", { name: "Cancel" }).click();
  await expect(form).toBeHidden();
  await expectKept();
});

test.describe("removing", () => {
  // A plain form leaves the page, while that already fetches the numbers the removal has changed.
  test.use({ expected: /rpc\/load_prices net::ERR_ABORTED/ });

  test("one's own price is removed and put back", { tag: "@nojs" }, async ({ page, server, javaScriptEnabled }) => {
    const own = { model: "claude-opus-9", aliases: ["nine"], input: 2, output: 10, cacheWrite1h: 5, from: "2026-01-01" };
    await server.writeData("config/prices.json", { models: [own] });
    await server.sync();
    const models = async () => JSON.parse(await readFile(path.join(server.dataDir, "config/prices.json"), "utf8")).models;
    await open(page, "/prices");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("One model has no price.");
    await page.getByRole("link", { name: "Change the price of claude-opus-9" }).click();
    await expect(page.getByLabel("1-hour cache write")).toHaveValue("5.00");
    await expect(page.getByLabel("Valid from")).toHaveValue("2026-01-01");
    await page.getByRole("button", { name: "Remove the price of claude-opus-9" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("2 models have no price.");
    await expect(page.getByRole("status").filter({ hasText: "claude-opus-9 from 2026-01-01 was removed" })).toBeVisible();
    expect(await models()).toEqual([]);
    if (javaScriptEnabled !== false) await expectAccessible(page);
    await page.getByRole("button", { name: "Put it back" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("One model has no price.");
    await expect(page.getByText("claude-opus-9 now costs $2.00 in and $10.00 out")).toBeVisible();
    expect(await models()).toEqual([own]);
  });
});

test("it works as a form", { tag: "@nojs-only" }, async ({ page }) => {
  await open(page, "/tokens");
  await page.getByRole("link", { name: "Set a price" }).click();
  await page.getByRole("link", { name: "Set the price of nova-code-2" }).click();
  await page.getByLabel("Input", { exact: true }).fill("1");
  await page.getByLabel("Output", { exact: true }).fill("x");
  await page.getByRole("button", { name: "Save price" }).click();
  await expect(page.getByRole("alert")).toHaveText(/^Output is not a number/);
  await expect(page.getByLabel("Output", { exact: true })).toHaveValue("x");
  await page.getByLabel("Output", { exact: true }).fill("2");
  await page.getByRole("button", { name: "Save price" }).click();
  await expect(page.getByText("nova-code-2 now costs $1.00 in and $2.00 out")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("One model has no price.");
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(figure(page, "Spend, 30 days")).toContainText("$0.70");
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 360, height: 740 } });

    test("the page is readable on a phone", async ({ page }) => {
      await open(page, "/prices");
      await expect(page.getByLabel("Input", { exact: true })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await expectAccessible(page);
    });
  });
}

/** The day prices begin on unless told otherwise, in UTC. */
const today = () => new Date().toISOString().slice(0, 10);

/** A model in the list of those without a price. */
function item(page: Page, model: string) {
  return page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: model }) });
}
