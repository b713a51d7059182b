// Where the numbers come from: how each source is, what to do about it, and one read by itself.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { card, figure, syncStatus, toast } from "../dashboard.ts";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";
import { EndlessLog } from "../hold.ts";

const LEDGER = { entries: [{ date: new Date().toISOString().slice(0, 10), cost: 26.2 }] };

test.describe("with logs and a ledger", () => {
  test.use({
    serverOptions: { args: ["serve", "--no-schedule"] },
    prepare: ({}, use) => use((server) => server.writeClaude().then(() => server.writeData("tokens.json", LEDGER))),
  });

  test("one is synced, and only that one", async ({ page, server }) => {
    await server.sync();
    await open(page, "/sources");
    const expectKept = await keepDocument(page);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("All 2 sources are current.");
    await server.writeClaude();
    await syncButton(page, "Manual entries").click();
    await expect(toast(page)).toContainText("Sync complete");
    await server.writeClaude();
    await syncButton(page, "Claude Code logs").click();
    await expect(toast(page)).toContainText("2 new or changed");
    await expect(card(page, "Claude Code logs")).toContainText("2 rows in");
    await page.getByRole("link", { name: "Overview" }).click();
    await expect(figure(page, "Spend, 30 days")).toContainText("$26.35");
    await expectKept();
  });

  test("the button turns while its run is on, and keeps the focus", async ({ page, server }) => {
    await server.sync();
    await open(page, "/sources");
    const log = await EndlessLog.write(server);
    const button = syncButton(page, "Claude Code logs");
    await button.focus();
    await page.keyboard.press("Enter");
    await expect(toast(page)).toContainText("Syncing…");
    await expect(button).toHaveAttribute("aria-busy", "true");
    await expect(syncButton(page, "Manual entries")).toHaveAttribute("aria-busy", "false");
    await expect(syncStatus(page)).toContainText("Syncing");
    await log.release();
    await expect(toast(page)).toContainText("Sync complete");
    await expect(button).toHaveAttribute("aria-busy", "false");
    await expect(button).toBeFocused();
  });

  test.describe("while another run is on", () => {
    test.use({ expected: /409/ });

    test("a press attaches to it", async ({ page, server, request }) => {
      await server.sync();
      await open(page, "/sources");
      const log = await EndlessLog.write(server);
      const first = request.post("/api/sync");
      await expect(syncStatus(page)).toContainText("Syncing");
      await syncButton(page, "Manual entries").click();
      await expect(toast(page)).toContainText(/Sync already in progress|Syncing…/);
      await log.release();
      await first;
      await expect(toast(page)).toContainText("Sync complete");
      await expect(syncButton(page, "Manual entries")).toHaveAttribute("aria-busy", "false");
    });
  });

  test("it works as a form", { tag: "@nojs-only" }, async ({ page, server }) => {
    await open(page, "/sources");
    await expect(card(page, "Claude Code logs")).toContainText("not read yet");
    await syncButton(page, "Claude Code logs").click();
    await expect(page).toHaveURL(/\/sources\??$/);
    await expect(card(page, "Claude Code logs")).toContainText("1 row in");
    await expect(card(page, "Not set up")).toContainText("data/tokens.json");
    await server.sync();
    await page.reload();
    await expect(card(page, "Manual entries")).toContainText("current");
  });
});

test("what is not set up says what it needs, and needs nothing now", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/sources");
  for (const name of ["ANTHROPIC_ADMIN_KEY", "OPENAI_ADMIN_KEY", "OPENROUTER_MANAGEMENT_KEY", "ALLCLEAR_LITELLM_BASE_URL"])
    await expect(card(page, "Not set up")).toContainText(name);
  await expect(page.getByRole("button", { name: "Sync Anthropic API" })).toBeHidden();
});

test.describe("a provider that refuses its key", () => {
  test.use({
    serverOptions: async ({}, use) => {
      const provider = createServer((_, answer) => answer.writeHead(401, { "content-type": "application/json" }).end("{}"));
      await once(provider.listen(0, "127.0.0.1"), "listening");
      const { port } = provider.address() as AddressInfo;
      const ANTHROPIC_ADMIN_KEY = "sk-ant-admin01-not-a-real-key-0123456789";
      await use({ env: { ANTHROPIC_ADMIN_KEY, ALLCLEAR_ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` } });
      provider.close();
    },
    prepare: ({}, use) => use((server) => server.writeClaude()),
  });

  test("is told, with what to do, from the overview on", { tag: "@nojs" }, async ({ page }) => {
    await open(page, "/");
    await page.getByRole("link", { name: "Anthropic refuses its key" }).click();
    await expect(page).toHaveURL("/sources");
    const anthropic = card(page, "Anthropic API");
    await expect(anthropic).toContainText("key refused");
    await expect(anthropic).toContainText("What to do: Put a working key into ANTHROPIC_ADMIN_KEY");
    await expect(page.getByRole("main")).not.toContainText("sk-ant");
    await expect(card(page, "Claude Code logs")).toContainText("current");
    await expect(card(page, "Claude Code logs")).toContainText("every 15 min");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(colorScheme, () => {
      test.use({ colorScheme, viewport: { width: 360, height: 740 } });

      test("is readable on a phone", async ({ page }) => {
        await open(page, "/sources");
        await expect(card(page, "Anthropic API")).toBeVisible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
        await expectAccessible(page);
      });
    });
  }
});

function syncButton(page: Page, source: string) {
  return page.getByRole("button", { name: `Sync ${source}` });
}
