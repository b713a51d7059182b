// A machine without logs: the first thing a new user sees must say what to do.
import { card, figure, refreshButton, syncStatus, toast } from "../dashboard.ts";
import { expect, keepDocument, open, test } from "../fixtures.ts";

test.describe("nothing was ever used", () => {
  test("the overview says where it looked and what to do", { tag: "@nojs" }, async ({ page, server }) => {
    await open(page, "/");
    await expect(page).toHaveTitle("Overview · Allclear");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing to show yet.");
    const advice = card(page, "No usage has been read yet");
    await expect(advice).toContainText(`${server.claudeDir}/projects`);
    await expect(advice.getByText("allclear demo")).toBeVisible();
    await expect(syncStatus(page)).toContainText("Synced");
    await expect(page.getByRole("row", { name: "Claude Code logs" })).toContainText("every 15 min");
  });

  test("the other pages are empty and say so", { tag: "@nojs" }, async ({ page }) => {
    await open(page, "/tokens");
    await expect(card(page, "Spend")).toContainText("No spend in these days.");
    await expect(page.getByText("No sessions in these days.")).toBeVisible();
    await open(page, "/sync");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sync log");
    await expect(page.getByRole("listitem").filter({ hasText: "startup" })).toContainText("0 changed");
  });

  test.describe("compressed, as browsers ask for it", () => {
    test.use({ extraHTTPHeaders: {} });

    test("the page comes alive", async ({ page }) => {
      // Of its files the one that is large: a page's own may be too small to be worth compressing.
      const loaded = page.waitForResponse(/\/allclear\.[^/]+\.wasm$/);
      const asked: string[] = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await open(page, "/");
      expect((await loaded).headers()["content-encoding"]).toBe("br");
      const files = asked.filter((path) => path.startsWith("/pkg/"));
      expect(files.filter((path) => path.includes("route_view")), "the code of this page and of no other").toHaveLength(1);
      expect(files, "what is loaded ahead is what is used").toEqual([...new Set(files)]);
    });
  });

  test("the first message appears by itself", async ({ page, server }) => {
    await open(page, "/");
    const expectKept = await keepDocument(page);
    await server.writeClaude();
    await expect(figure(page, "Spend, 30 days")).toContainText("$0.05");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^All clear/);
    await expect(page.getByText("No usage has been read yet")).toBeHidden();
    await expectKept();
  });
});

test.describe("nothing was ever synced", () => {
  test.use({ serverOptions: { args: ["serve", "--no-schedule"] } });

  test("the header says so", { tag: "@nojs" }, async ({ page }) => {
    await open(page, "/sync");
    await expect(syncStatus(page)).toHaveText("Never synced");
    await expect(page.getByText("This server runs without a schedule.")).toBeVisible();
    await expect(card(page, "Nothing was synced yet")).toContainText("Press Refresh");
  });

  test("Refresh makes the first run", async ({ page }) => {
    await open(page, "/sync");
    await refreshButton(page).click();
    await expect(toast(page)).toContainText("nothing new");
    await expect(syncStatus(page)).toHaveText(/^Synced\s+just now$/);
    await expect(page.getByRole("listitem").filter({ hasText: "manual" })).toContainText("Success");
    await expect(page.getByText("Nothing was synced yet")).toBeHidden();
  });
});

test.describe("the advice is followed", () => {
  test.use({
    prepare: ({}, use) => use(async (server) => void (await server.run("demo", "--data-dir", "data").ended)),
  });

  test("a year of made-up data fills every page", async ({ page }) => {
    await open(page, "/?window=90d");
    await expect(figure(page, "Spend, 90 days")).toContainText(/\$\d+/);
    await expect(card(page, "Top models").getByRole("row")).not.toHaveCount(1);
    await open(page, "/tokens");
    await expect(page.getByRole("navigation", { name: "Pages of sessions" })).toContainText(/Page 1 of \d+/);
  });
});
