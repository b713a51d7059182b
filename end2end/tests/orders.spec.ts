// The orders of clients: filtered by the address, one of them opened over the list, matched, and taken away.
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";

test.use({
  serverOptions: { args: ["serve", "--no-schedule"] },
  prepare: ({}, use) => use(async (server) => void (await server.run("demo", "--data-dir", "data").ended)),
});

// A year of made-up data is written first.
test.slow();

const list = (page: Page) => page.getByRole("table").first();
const lines = (page: Page) => list(page).getByRole("row");
const dialog = (page: Page) => page.getByRole("dialog", { name: "Order" });
const orderLink = (page: Page) => list(page).getByRole("link", { name: /^#/ }).first();

test("the filters are in the address and narrow the list", async ({ page }) => {
  await open(page, "/orders");
  const expectKept = await keepDocument(page);
  await page.getByRole("combobox", { name: "Client" }).selectOption("Northwind");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orders of Northwind");
  await page.getByRole("link", { name: "7 days" }).click();
  await expect(page).toHaveURL(/days=7/);
  await page.getByRole("searchbox", { name: "Search" }).fill("chowder");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/search=chowder/);
  await orderLink(page).click();
  await expect(dialog(page)).toContainText("Chowder");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Clear", exact: true }).click();
  await expect(page).not.toHaveURL(/search=chowder/);
  await page.getByRole("searchbox", { name: "Search" }).fill("no such thing");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("main")).toContainText("No order of these days fits the filters");
  await expectKept();
});

test("the list is sorted by customer, and turned round", async ({ page }) => {
  await open(page, "/orders?client=northwind");
  const heading = list(page).getByRole("columnheader", { name: "Customer" });
  await heading.getByRole("link").click();
  await expect(page).toHaveURL(/sort=customer/);
  await expect(heading).toHaveAttribute("aria-sort", "ascending");
  await heading.getByRole("link").click();
  await expect(page).toHaveURL(/sort=-customer/);
  await expect(heading).toHaveAttribute("aria-sort", "descending");
});

test("a list of contacts is chosen as a file, looked at, and brought in", async ({ page }) => {
  await open(page, "/clients");
  await page.getByRole("link", { name: "Contacts: Northwind" }).click();
  const contacts = page.locator("#contacts");
  const buffer = Buffer.from("Name;E-Mail\nAda;ada@example.com\nBen;\n");
  await contacts.getByLabel("A file").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer });
  await expect(contacts.getByLabel("The list")).toHaveValue(/ada@example\.com/);
  await expectAccessible(page);
  await contacts.getByRole("button", { name: "Look at the list" }).click();
  await expect(contacts.getByRole("status")).toContainText("Nothing is stored yet. This list would do so much: 1 contact added");
  await expect(contacts).toContainText("Line 3: it has neither");
  await expectAccessible(page);
  await contacts.getByRole("button", { name: "Bring these contacts in" }).click();
  await expect(contacts.getByRole("status")).toContainText("It is done: 1 contact added");
});

test("a list of contacts is brought in without JavaScript @nojs", async ({ page }) => {
  await page.goto("/clients?contacts=northwind");
  await page.getByLabel("The list").fill("name,email\nAda,ada@example.com");
  await page.getByRole("button", { name: "Look at the list" }).click();
  await page.getByRole("button", { name: "Bring these contacts in" }).click();
  await expect(page.locator("#contacts").getByRole("status")).toContainText("It is done: 1 contact added");
});

test("an order is opened, closed and left by keyboard", async ({ page }) => {
  await open(page, "/orders?client=northwind&days=7");
  const link = orderLink(page);
  await link.focus();
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page).getByRole("heading", { level: 2 })).toHaveText(/^Order #/);
  await expectAccessible(page);
  // The keyboard stays inside.
  for (let press = 0; press < 8; press += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest("dialog") !== null)).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await expect(link).toBeFocused();
  await expect(page).not.toHaveURL(/order=/);
  await link.click();
  await expect(dialog(page)).toBeVisible();
  // Beside the dialog.
  await page.mouse.click(5, 5);
  await expect(dialog(page)).toBeHidden();
  await link.click();
  await dialog(page).getByRole("link", { name: "Close" }).click();
  await expect(dialog(page)).toBeHidden();
});

test("an order is matched by hand and unmatched again", async ({ page }) => {
  await open(page, "/orders?client=northwind&matched=no&days=7");
  await orderLink(page).click();
  await dialog(page).getByRole("link", { name: "Find the contact" }).click();
  await expect(dialog(page)).toContainText("No similar leads found");
  await dialog(page).getByRole("searchbox").fill("nora");
  await dialog(page).getByRole("button", { name: "Search" }).click();
  await dialog(page).getByRole("button", { name: "Match to Nora Field" }).click();
  await expect(dialog(page).getByRole("status").filter({ hasText: "Matched!" })).toBeVisible();
  await expect(dialog(page)).toContainText("Matched by hand");
  await dialog(page).getByRole("button", { name: "Unmatch" }).click();
  await expect(dialog(page)).toContainText("Unmatched");
});

test("without JavaScript it is all there", { tag: "@nojs-only" }, async ({ page }) => {
  await open(page, "/orders?client=northwind&days=7");
  await orderLink(page).click();
  await expect(dialog(page)).toContainText("Payments");
  await dialog(page).getByRole("link", { name: "Close" }).click();
  await expect(dialog(page)).toBeHidden();
  await page.getByRole("link", { name: "Total" }).click();
  await expect(page).toHaveURL(/sort=/);
});

test("what is shown can be saved as CSV", async ({ page }) => {
  await open(page, "/orders?client=northwind&days=7");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Orders as CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^allclear-orders-northwind-.*\.csv$/);
  const saved = (await readFile(await file.path(), "utf8")).trim().split("\n");
  expect(saved.length).toBeGreaterThan(5);
  expect(saved.slice(1).every((line) => line.startsWith("northwind,"))).toBe(true);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("nothing is wider than the screen", async ({ page }) => {
    for (const path of ["/orders", "/clients", "/clients?edit=new"]) {
      await open(page, path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
      await expectAccessible(page);
    }
    await open(page, "/orders?client=northwind");
    await orderLink(page).click();
    await expect(dialog(page)).toContainText("Payments");
    await expectAccessible(page);
  });
});

test("charts have their numbers as tables and say how much AI cost", async ({ page }) => {
  await open(page, "/orders?client=northwind&by=week");
  await expect(page.getByRole("img", { name: /^Revenue per week, / })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Payments by type, / })).toBeVisible();
  await expect(page.getByRole("region", { name: "AI spend beside revenue" })).toContainText("Northwind");
  await expect(lines(page).nth(1)).toBeVisible();
});
