// How tools are connected: the steps, copying one, and the mark that appears when the first data comes.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

/** A session of Codex, where Codex would write it. */
async function writeCodex(server: Server) {
  const folder = path.join(server.home, ".codex/sessions/2026/11/18");
  await mkdir(folder, { recursive: true });
  const timestamp = new Date().toISOString();
  const usage = { input_tokens: 1000, cached_input_tokens: 250, output_tokens: 125 };
  const lines = [
    { timestamp, type: "session_meta", payload: { id: "0199a1b2", cwd: "/home/dev/dashboard" } },
    { timestamp, type: "turn_context", payload: { model: "gpt-6.1-sol", cwd: "/home/dev/dashboard" } },
    { timestamp, type: "token_usage_record", payload: { thread_id: "0199a1b2", response_id: "resp_1", usage } },
  ];
  await writeFile(path.join(folder, "rollout-0199a1b2.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

const guide = (page: Page, name: string) => page.getByRole("article").filter({ has: page.getByRole("heading", { name, exact: true }) });

test.describe("with a dashboard that reads when it is asked", () => {
  test.use({ serverOptions: { args: ["serve", "--no-schedule"] } });

  test("the mark appears by itself when the first data comes", async ({ page, server }) => {
    await open(page, "/connect");
    const expectKept = await keepDocument(page);
    await expect(guide(page, "Codex CLI")).toContainText("No data yet");
    await expect(guide(page, "Codex CLI")).toContainText(path.join(server.home, ".codex"));
    await writeCodex(server);
    await server.sync();
    await expect(guide(page, "Codex CLI")).toContainText("First data received");
    await expect(guide(page, "Gemini CLI")).toContainText("No data yet");
    await expect(page.getByRole("status").filter({ hasText: "connected" })).toHaveText("1 tool is connected.");
    await expectKept();
    await expectAccessible(page);
  });

  test("a step is copied", async ({ page, context, server }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await open(page, "/connect");
    await guide(page, "A laptop that sends its usage here").getByRole("button", { name: "Copy" }).nth(1).click();
    await expect(page.getByText("Copied", { exact: true })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`allclear push --to ${server.url.replace("127.0.0.1", "HOST")}`);
  });

  test("it reads well without a script, where nothing can be copied", { tag: "@nojs-only" }, async ({ page, server }) => {
    await writeCodex(server);
    await server.sync();
    await open(page, "/sources");
    await page.getByRole("link", { name: "Connect a tool" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Connect a tool");
    await expect(guide(page, "Codex CLI")).toContainText("First data received");
    await expect(page.getByRole("button", { name: "Copy for Codex CLI" }).first()).toBeHidden();
  });
});

test("the overview of a dashboard without data leads here", async ({ page }) => {
  await open(page, "/");
  await page.getByRole("link", { name: "connect a tool" }).click();
  await expect(page).toHaveURL(/\/connect$/);
});

test("a phone shows all of it", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page, "/connect");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBe(0);
  await expectAccessible(page);
});
