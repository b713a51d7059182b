// When something is wrong: said in the header, in the toast, in the verdict and in the log; mended, it is green again.
import { card, figure, refreshButton, syncStatus, toast } from "../dashboard.ts";
import { expect, keepDocument, open, test } from "../fixtures.ts";

const LEDGER = { entries: [{ date: new Date().toISOString().slice(0, 10), tokensIn: 1, tokensOut: 1, cost: 26.2 }] };

test.use({ prepare: ({}, use) => use((server) => server.writeClaude()) });

test("a broken tokens.json fails its step and nothing else", async ({ page, server }) => {
  await server.writeData("tokens.json", '{"entries": [');
  await open(page, "/");
  const expectKept = await keepDocument(page);
  await refreshButton(page).click();
  await expect(toast(page)).toContainText(/Partly synced \(\d+\.\d s\) manual: .*tokens\.json is not valid: .* line 1/);
  await expect(syncStatus(page)).toContainText(/^Partly synced last success/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 thing needs you.");
  await expect(page.getByRole("row", { name: "Manual entries" })).toContainText("failing");
  await expect(figure(page, "Spend, 30 days"), "what was read before stays").toContainText("$0.05");

  await syncStatus(page).getByRole("link", { name: "Partly synced" }).click();
  await expect(page).toHaveURL("/sync");
  const failed = page.getByRole("listitem").filter({ hasText: "· manual" }).first();
  await expect(failed.getByRole("heading")).toHaveText("Partial");
  await expect(failed.getByRole("listitem").filter({ hasText: "tokens: Manual entries" })).toContainText("is not valid");
  await expect(failed.getByRole("listitem").filter({ hasText: "tokens: Claude Code logs" })).toBeVisible();

  await server.writeData("tokens.json", LEDGER);
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("Sync complete");
  await expect(syncStatus(page)).toHaveText(/^Synced\s+just now$/);
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("All clear: 2 sources current.");
  await expect(figure(page, "Spend, 30 days")).toContainText("$26.25");
  await expectKept();
});

test("a log that is read in between does not hide what is wrong", async ({ page, server }) => {
  await server.writeData("tokens.json", '{"entries": [');
  await open(page, "/");
  await refreshButton(page).click();
  await expect(syncStatus(page)).toContainText("Partly synced");
  await server.writeClaude({}, 99);
  await expect(figure(page, "Spend, 30 days")).toContainText("$4.98");
  await expect(syncStatus(page)).toContainText("Partly synced");
});

test("bad news stays until it is read", async ({ page, server }) => {
  await server.writeData("tokens.json", "[]");
  await page.clock.install();
  await open(page, "/");
  await refreshButton(page).click();
  await expect(toast(page)).toContainText('it has no list "entries"');
  await page.clock.fastForward(60_000);
  await expect(toast(page)).toBeVisible();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(toast(page)).toBeHidden();
});

test("an entry that is wrong loses only itself, and is named", async ({ page, server }) => {
  await server.writeData("tokens.json", { entries: [...LEDGER.entries, { date: "2026-02-30", cost: 1 }] });
  await open(page, "/sync");
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("Sync complete");
  await expect(page.getByRole("listitem").filter({ hasText: "tokens: Manual entries" }).last()).toContainText(
    "1 entry passed over: entry 2 of tokens.json",
  );
});

test.describe("a choice that cannot be used", () => {
  test.use({ prepare: ({}, use) => use((server) => server.writeData("config/sync.json", {})) });

  test("is named on the overview and on the sync log, until it is mended", async ({ page, server }) => {
    await server.writeClaude();
    await open(page, "/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^All clear/);
    await server.writeData("config/sync.json", { intervalMinutes: 0 });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 thing needs you.");
    const item = page.getByRole("listitem").filter({ hasText: "data/config/sync.json could not be used" });
    await expect(item).toContainText("intervalMinutes is 0; choose from 1");
    await expect(card(page, "Sources"), "what was in force stays").toContainText("every 15 min");
    await item.getByRole("link").click();
    await expect(page.getByRole("alert")).toContainText("data/config/sync.json: intervalMinutes is 0");

    await server.writeData("config/sync.json", { intervalMinutes: 30 });
    await expect(page.getByRole("alert")).toBeHidden();
    await expect(page.getByText("Syncs every 30 min")).toBeVisible();
    await page.getByRole("link", { name: "Overview" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^All clear/);
  });
});
