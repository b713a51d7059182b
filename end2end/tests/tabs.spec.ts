// Two tabs at once, on different pages: one presses, both know.
import { card, figure, refreshButton, syncStatus, toast } from "../dashboard.ts";
import { expect, keepDocument, open, test } from "../fixtures.ts";
import { EndlessLog } from "../hold.ts";

test.use({
  serverOptions: { args: ["serve", "--no-schedule"] },
  prepare: ({}, use) => use((server) => server.writeClaude()),
});

test("Refresh in one: both show the run, and its numbers", async ({ page, context, server }) => {
  const other = await context.newPage();
  const log = await EndlessLog.write(server);
  await open(page, "/");
  await open(other, "/tokens");
  const expectKept = [await keepDocument(page), await keepDocument(other)];

  await refreshButton(page).click();
  for (const tab of [page, other]) {
    await expect(refreshButton(tab)).toHaveAttribute("aria-busy", "true");
    await expect(refreshButton(tab).locator("svg")).toHaveCSS("animation-name", "spin");
    await expect(syncStatus(tab)).toContainText("Syncing");
  }
  await log.release();
  for (const tab of [page, other]) {
    await expect(refreshButton(tab)).toHaveAttribute("aria-busy", "false");
    await expect(syncStatus(tab)).toHaveText(/^Synced\s+just now$/);
  }
  await expect(figure(page, "Spend, 30 days")).toContainText("$0.05");
  await expect(card(other, "Spend")).toContainText("$0.05");
  await expect(toast(page)).toContainText("Sync complete");
  await expect(toast(other), "who did not ask is not told").toBeHidden();
  for (const expectThis of expectKept) await expectThis();
});

test("a script that posts is as good as a press", async ({ page, context, request }) => {
  const other = await context.newPage();
  await open(page, "/sync");
  await open(other, "/sync");
  const answer = await request.post("/api/sync");
  expect(await answer.json()).toMatchObject({ success: true, status: "success" });
  for (const tab of [page, other])
    await expect(tab.getByRole("listitem").filter({ hasText: "· manual" })).toContainText("Success");
});

test.describe("with the logs watched", () => {
  test.use({ serverOptions: {} });

  test("a new message reaches every tab", async ({ page, context, server }) => {
    const tabs = [page, await context.newPage(), await context.newPage()];
    for (const tab of tabs) await open(tab, "/?window=7d");
    await server.writeClaude({}, 99);
    for (const tab of tabs) await expect(figure(tab, "Spend, 7 days")).toContainText("$4.98");
  });
});
