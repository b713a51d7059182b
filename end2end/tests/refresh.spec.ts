// Refresh: the button shows that a run is on, one toast tells it from its start to its end, the numbers follow.
import type { Page } from "@playwright/test";
import { figure, refreshButton, syncStatus, toast } from "../dashboard.ts";
import { expect, keepDocument, open, test } from "../fixtures.ts";
import { EndlessLog } from "../hold.ts";

// Without a schedule nothing is read but when it is asked for.
test.use({
  serverOptions: { args: ["serve", "--no-schedule"] },
  prepare: ({}, use) => use((server) => server.writeClaude()),
});

test("the button spins, one toast tells the run, the numbers come without a reload", async ({ page, server }) => {
  await server.sync();
  await open(page, "/");
  const expectKept = await keepDocument(page);
  const said = await listen(page);
  const icon = refreshButton(page).locator("svg");
  await expect(refreshButton(page)).toHaveAttribute("aria-busy", "false");
  await expect(icon).toHaveCSS("animation-name", "none");

  await server.writeClaude({}, 99);
  const log = await EndlessLog.write(server);
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("Syncing…");
  await expect(refreshButton(page)).toHaveAttribute("aria-busy", "true");
  await expect(icon).toHaveCSS("animation-name", "spin");
  await expect(syncStatus(page)).toContainText("Syncing");
  await expect(figure(page, "Spend, 30 days"), "the old numbers stay until there are new ones").toContainText("$0.05");

  await log.release();
  await expect(toast(page)).toContainText(/Sync complete \(\d+\.\d s\) 99 new or changed/);
  await expect(refreshButton(page)).toHaveAttribute("aria-busy", "false");
  await expect(icon).toHaveCSS("animation-name", "none");
  await expect(syncStatus(page)).toHaveText(/^Synced\s+just now$/);
  await expect(figure(page, "Spend, 30 days")).toContainText("$4.98");
  await expectKept();
  const { toasts, words } = await said();
  expect(toasts, "never two at once").toBe(1);
  expect(words[0]).toBe("Syncing…");
  expect(words.at(-1)).toMatch(/^Sync complete/);
  expect(words.slice(1, -1).filter((word) => !/^Syncing… \d+ %$/.test(word))).toEqual([]);
});

test("the toast tells how far a long read is", async ({ page, server }) => {
  await server.writeClaude({}, 20_000);
  await open(page, "/");
  const said = await listen(page);
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("Sync complete");
  await expect(figure(page, "Spend, 30 days")).toContainText("$996.05");
  expect((await said()).words).toContainEqual(expect.stringMatching(/^Syncing… \d+ %$/));
});

test("good news leaves by itself, after six seconds", async ({ page }) => {
  await page.clock.install();
  await open(page, "/");
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("Sync complete");
  await page.clock.fastForward(5_000);
  await expect(toast(page)).toBeVisible();
  await page.clock.fastForward(1_500);
  await expect(toast(page)).toBeHidden();
});

test("where motion is not wanted, nothing spins", async ({ page, server }) => {
  const log = await EndlessLog.write(server);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page, "/");
  await refreshButton(page).click();
  await expect(refreshButton(page)).toHaveAttribute("aria-busy", "true");
  await expect(refreshButton(page).locator("svg")).toHaveCSS("animation-name", "none");
  await log.release();
  await expect(refreshButton(page)).toHaveAttribute("aria-busy", "false");
});

/** Notes every word of the toast, and how many toasts there ever were at once. */
async function listen(page: Page) {
  await page.evaluate(() => {
    const heard = { toasts: 0, words: [] as string[] };
    Object.assign(window, { heard });
    const toaster = document.querySelector(".toaster")!;
    new MutationObserver(() => {
      const words = (toaster as HTMLElement).innerText.replaceAll(/\s+/g, " ").trim();
      heard.toasts = Math.max(heard.toasts, toaster.childElementCount);
      if (words && words !== heard.words.at(-1)) heard.words.push(words);
    }).observe(toaster, { childList: true, characterData: true, subtree: true });
  });
  return () => page.evaluate(() => (window as unknown as { heard: { toasts: number; words: string[] } }).heard);
}
