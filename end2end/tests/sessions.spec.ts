// The list of sessions: twenty a page, the latest first, the page in the address.
import { card } from "../dashboard.ts";
import { expect, keepDocument, open, test } from "../fixtures.ts";

const SESSIONS = 45;
const name = (number: number) => `session-${String(number).padStart(2, "0")}`;

// Session 0 is of today, each further one a day older; the window of 30 days holds the first thirty.
test.use({
  prepare: ({}, use) =>
    use(async (server) => {
      for (let number = 0; number < SESSIONS; number += 1) {
        const timestamp = new Date(Date.now() - number * 86_400_000);
        await server.writeClaude({ session: name(number), timestamp });
      }
    }),
});

test("pages are turned without a reload, and back", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/tokens?window=90d");
  const list = card(page, "Sessions");
  const pager = page.getByRole("navigation", { name: "Pages of sessions" });
  await expect(list).toContainText("45 in these days");
  await expect(list.getByRole("row")).toHaveCount(21);
  await expect(list.getByRole("row").nth(1)).toContainText(name(0));
  await expect(pager).toContainText("Page 1 of 3");
  await expect(pager.getByRole("link", { name: "Newer" })).toBeHidden();

  await pager.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL("/tokens?window=90d&page=2");
  await expect(pager).toContainText("Page 2 of 3");
  await expect(list.getByRole("row").nth(1)).toContainText(name(20));
  await pager.getByRole("link", { name: "Older" }).click();
  await expect(list.getByRole("row")).toHaveCount(6);
  await expect(list.getByRole("row").nth(5)).toContainText(name(44));
  await expect(pager.getByRole("link", { name: "Older" })).toBeHidden();

  await page.goBack();
  await expect(list.getByRole("row").nth(1)).toContainText(name(20));
  await pager.getByRole("link", { name: "Newer" }).click();
  await expect(list.getByRole("row").nth(1)).toContainText(name(0));
});

test("a turn of the page moves nothing but the list", async ({ page }) => {
  await open(page, "/tokens?window=90d");
  const expectKept = await keepDocument(page);
  const older = page.getByRole("link", { name: "Older" });
  await older.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  await older.click();
  await expect(page.getByText("Page 2 of 3")).toBeVisible();
  expect(await page.evaluate(() => scrollY)).toBe(before);
  await expectKept();
});

test("a shorter window begins at its first page", async ({ page }) => {
  await open(page, "/tokens?window=90d&page=3");
  await page.getByRole("link", { name: "30 days" }).click();
  await expect(page).toHaveURL("/tokens?window=30d");
  await expect(card(page, "Sessions")).toContainText("30 in these days");
  await expect(page.getByText("Page 1 of 2")).toBeVisible();
});

test("an address beyond the list shows its last page", { tag: "@nojs" }, async ({ page }) => {
  for (const path of ["/tokens?window=90d&page=999", "/tokens?window=90d&page=3"]) {
    await open(page, path);
    await expect(page.getByText("Page 3 of 3")).toBeVisible();
    await expect(card(page, "Sessions").getByRole("row")).toHaveCount(6);
  }
  for (const path of ["/tokens?window=90d&page=0", "/tokens?window=90d&page=two"]) {
    await open(page, path);
    await expect(page.getByText("Page 1 of 3")).toBeVisible();
  }
});

test("a new session is the first, whatever page one is on", async ({ page, server }) => {
  await open(page, "/tokens?window=90d&page=2");
  const first = card(page, "Sessions").getByRole("row").nth(1);
  await expect(first).toContainText(name(20));
  await server.writeClaude({ session: "brand-new" });
  await expect(card(page, "Sessions")).toContainText("46 in these days");
  await expect(first).toContainText(name(19));
  await page.getByRole("link", { name: "Newer" }).click();
  await expect(card(page, "Sessions").getByRole("row", { name: "brand-new" })).toBeVisible();
});
