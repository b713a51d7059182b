import { expect, expectAccessible, test, waitForHydrated } from "../fixtures.ts";

test("the overview says first whether all is clear", { tag: "@nojs" }, async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveTitle(/Allclear/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Overview" }).first()).toBeVisible();
});

test("the overview comes alive and is accessible", async ({ page }) => {
  await page.goto("/");
  await waitForHydrated(page);
  await expectAccessible(page);
});
