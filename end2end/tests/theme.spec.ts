// Light, dark, or as the system has it: the choice is a cookie, so the server draws the right one at once.
import type { Page } from "@playwright/test";
import { chart, drawing } from "../dashboard.ts";
import { expect, open, test } from "../fixtures.ts";

test.use({ prepare: ({}, use) => use((server) => server.writeClaude()) });

const button = (page: Page) => page.getByRole("button", { name: "Theme" });

test("the button goes from system to light to dark and round again", async ({ page }) => {
  await open(page, "/");
  const looks = new Set<string>();
  for (const [name, attribute] of [["system", null], ["light", "light"], ["dark", "dark"], ["system", null]]) {
    await expect(button(page)).toHaveAccessibleName(`Theme: ${name}`);
    expect(await page.locator("html").getAttribute("data-theme")).toBe(attribute);
    looks.add(await background(page));
    await button(page).click();
  }
  expect(looks.size, "light and dark look different").toBe(2);
});

test("the choice is in the server's HTML, on every page", async ({ page, context }) => {
  await open(page, "/");
  await button(page).click();
  await button(page).click();
  await expect(button(page)).toHaveAccessibleName("Theme: dark");
  const dark = await background(page);
  for (const path of ["/", "/tokens", "/sources", "/prices", "/sync"]) {
    const html = await (await context.request.get(path)).text();
    expect(html, path).toMatch(/<html[^>]* data-theme="dark"/);
  }

  // The first style any script can see is dark already: nothing flashes.
  await page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      Object.assign(window, { first: getComputedStyle(document.body).backgroundColor });
    });
  });
  await open(page, "/tokens");
  expect(await page.evaluate(() => (window as unknown as { first: string }).first)).toBe(dark);
  await expect(button(page)).toHaveAccessibleName("Theme: dark");

  await button(page).click();
  expect(await (await context.request.get("/")).text(), "system: no word of it").not.toContain("data-theme");
});

test("as the system has it follows the system", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, "/");
  const light = await background(page);
  await expect(chart(page).locator("canvas")).toBeVisible();
  const drawn = await drawing(page);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await background(page)).not.toBe(light);
  await expect.poll(() => drawing(page), "the chart follows").not.toBe(drawn);
});

test("the chart takes the colours of the choice", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await open(page, "/");
  await expect(chart(page).locator("canvas")).toBeVisible();
  await button(page).click();
  const light = await drawing(page);
  await button(page).click();
  await expect.poll(() => drawing(page)).not.toBe(light);
  await expect(chart(page).locator("canvas")).toHaveCount(1);
  await button(page).click();
  await expect.poll(() => drawing(page), "the system's is light").toBe(light);
});

test.describe("without JavaScript", () => {
  test("the choice made before holds", { tag: "@nojs" }, async ({ page, context, server }) => {
    await open(page, "/");
    const before = await background(page);
    await context.addCookies([{ name: "theme", value: "dark", url: server.url }]);
    await open(page, "/");
    expect(await background(page)).not.toBe(before);
    await context.addCookies([{ name: "theme", value: "nonsense\"><script>", url: server.url }]);
    await open(page, "/");
    expect(await background(page), "a cookie that is none of ours is passed over").toBe(before);
  });
});

function background(page: Page) {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}
