// Refresh while another run is on: never a second run, and the page says what goes on.
import { figure, refreshButton, syncStatus, toast } from "../dashboard.ts";
import { expect, open, test } from "../fixtures.ts";
import { EndlessLog, expectLock } from "../hold.ts";

test.use({
  serverOptions: { args: ["serve", "--no-schedule"] },
  prepare: ({}, use) => use((server) => server.writeClaude()),
  // The answer that a run is on already.
  expected: /409/,
});

test("a tab attaches to the run another one started", async ({ page, context, server }) => {
  const log = await EndlessLog.write(server);
  await open(page, "/");
  await refreshButton(page).click();
  await expect(syncStatus(page)).toContainText("Syncing");

  const late = await context.newPage();
  await open(late, "/");
  await expect(syncStatus(late), "a tab that is opened now knows of the run").toContainText("Syncing");
  await expect(refreshButton(late)).toHaveAttribute("aria-busy", "true");
  await refreshButton(late).click();
  await expect(toast(late)).toContainText("Sync already in progress");

  await log.release();
  for (const tab of [page, late]) {
    await expect(toast(tab)).toContainText("Sync complete");
    await expect(refreshButton(tab)).toHaveAttribute("aria-busy", "false");
    await expect(figure(tab, "Spend, 30 days")).toContainText("$0.05");
  }
  const runs = await (await page.request.get("/api/sync/runs")).json();
  expect(runs, "one run, not two").toHaveLength(1);
});

test("a script is told by whom and since when", async ({ request, server }) => {
  const log = await EndlessLog.write(server);
  const first = server.sync();
  const { running } = await server.state((state) => state.running !== null);
  const second = await request.post("/api/sync");
  expect(second.status()).toBe(409);
  expect(await second.json()).toMatchObject({ error: "Sync already in progress", running });
  await log.release();
  await first;
});

test("another program that syncs the same data is waited for", async ({ page, server }) => {
  const log = await EndlessLog.write(server);
  const other = server.run("sync");
  await expectLock(server);
  await open(page, "/");
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("Sync already in progress");
  await expect(refreshButton(page), "its end cannot be seen from here").toHaveAttribute("aria-busy", "false");

  await log.release();
  expect(await other.ended).toBe(0);
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("Sync complete");
  await expect(figure(page, "Spend, 30 days"), "what it read").toContainText("$0.05");
});

test("a lock file made by hand holds Refresh back", async ({ page, server }) => {
  await server.writeData(".sync-lock", new Date().toISOString());
  await open(page, "/");
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("Sync already in progress");
  await expect(syncStatus(page)).toHaveText("Never synced");
});
