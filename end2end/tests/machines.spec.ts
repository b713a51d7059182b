// Machines that push here: one is added, its token is shown once, and it is revoked.
import { expect, expectAccessible, open, test } from "../fixtures.ts";

test.use({ prepare: ({}, use) => use((server) => server.writeClaude()) });

test("a machine gets a token that is shown once, pushes, and is revoked", async ({ page, request }) => {
  await open(page, "/sources");
  await page.getByRole("link", { name: "Machines that push here" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No machine may push here yet.");
  await expectAccessible(page);
  await page.getByLabel("Name").fill("laptop");
  await page.getByLabel("Person").fill("Ann");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("One machine may push here.");
  const token = (await page.locator("#token pre").first().textContent()) ?? "";
  expect(token).toMatch(/^acm_[\w-]{43}$/);
  expect(page.url(), "a token is in no address").not.toContain(token);
  await expectAccessible(page);

  const fact = { k: "msg_e2e:req_e2e", t: Date.now(), s: "s", p: "shop", m: "claude-opus-5-5", u: [1_000_000, 0, 0, 0, 0] };
  const push = () =>
    request.post("/api/push", {
      headers: { authorization: `Bearer ${token}` },
      data: { version: 1, instance: "i", host: "ann-mac", batch: "b", sources: [{ name: "claude_code", facts: [fact] }] },
    });
  expect((await push()).status()).toBe(200);
  const row = page.getByRole("row", { name: /laptop/ });
  await expect(row).toContainText("$4.00");

  await open(page, "/machines");
  await expect(page.locator("#token")).toHaveCount(0);
  await expect(row).toContainText("ann-mac");
  await page.getByRole("button", { name: "Revoke laptop" }).click();
  await expect(page.getByRole("status").filter({ hasText: "laptop can push no more" })).toBeVisible();
  await expect(row).toContainText("revoked");
  expect((await push()).status()).toBe(403);
});

test("a name that is taken is refused in words", async ({ page }) => {
  for (const headline of ["One machine may push here.", "One machine may push here."]) {
    await open(page, "/machines");
    await page.getByLabel("Name").fill("laptop");
    await page.getByRole("button", { name: "Add" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(headline);
  }
  await expect(page.locator("#machine-problem")).toContainText("There is a machine \"laptop\" already");
});

for (const look of [{ colorScheme: "light" }, { colorScheme: "dark" }, { viewport: { width: 360, height: 740 } }] as const) {
  test.describe(JSON.stringify(look), () => {
    test.use(look);

    test("the page fits and is accessible", async ({ page }) => {
      await open(page, "/machines");
      await page.getByLabel("Name").fill("desk");
      await page.getByRole("button", { name: "Add" }).click();
      await expect(page.locator("#token")).toBeVisible();
      await expectAccessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
      expect(wide, "no scrolling sideways").toBe(false);
    });
  });
}
