// The providers' reports, read by the real program: every source a line, nothing twice, nothing lost, no key anywhere.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "../fixtures.ts";
import { DAY, Providers } from "../providers.ts";
import { Server } from "../server.ts";

/** Anthropic, OpenAI and LiteLLM are read ninety days back, OpenRouter for the last 29 that are surely whole. */
const DAYS = { anthropic: 90, openai: 90, openrouter: 29, litellm: 90 };
const SOURCES = ["claude_code", "anthropic", "openai", "openrouter", "litellm"];
const USAGE = "/v1/organizations/usage_report/messages";

let providers: Providers;
let folders: Server;

test.beforeEach(async () => {
  providers = await Providers.start();
  folders = await Server.prepare({ env: providers.env });
  await folders.writeClaude();
});

test.afterEach(async () => {
  await folders.remove();
  await providers.stop();
});

test("a sync says a line for every source, and a second one changes nothing", async () => {
  const first = folders.run("sync", "--json");
  expect(await first.ended, first.output).toBe(0);
  const steps = JSON.parse(first.stdout).steps as { source?: string; status: string; rows: number }[];
  expect(steps.filter((step) => step.status === "success" && step.source).map((step) => step.source)).toEqual(SOURCES);
  await expectEverything();

  const second = folders.run("sync", "--json");
  expect(await second.ended, second.output).toBe(0);
  const again = JSON.parse(second.stdout).steps as { source?: string; rows: number }[];
  expect(again.filter((step) => step.source).map((step) => step.rows)).toEqual(Array(SOURCES.length).fill(0));
  await expectEverything();
});

test("a process that is killed between two pages loses nothing", async () => {
  providers.keepSilent({ path: USAGE, from: 3 });
  const killed = folders.run("sync");
  await expect.poll(() => providers.count(USAGE), { intervals: [10] }).toBe(3);
  killed.kill("SIGKILL");
  await killed.ended;
  const kept = (await totals("anthropic")).tokensIn;
  expect(kept, "two pages of 31 days are stored").toBe(62 * DAY.anthropic[0]);

  providers.keepSilent();
  const next = folders.run("sync");
  expect(await next.ended, next.output).toBe(0);
  await expectEverything();
});

test("one provider that never answers keeps no other source waiting", async () => {
  providers.keepSilent({ path: USAGE, from: 1 });
  const sync = folders.run("sync");
  // A report reads the logs too: one that came first would hold the lock, and the sync would be refused.
  await expect.poll(() => providers.count(USAGE), { intervals: [10] }).toBe(1);
  await expect.poll(async () => (await totals("litellm")).tokensIn).toBe(DAYS.litellm * DAY.litellm[0]);
  await expect.poll(async () => (await totals("claude_code")).messages).toBe(1);
  sync.kill("SIGTERM");
  await sync.ended;
});

test("doctor explains what is off, refused and unpriced", async () => {
  await folders.writeData("config/sources.json", { openrouter: { enabled: false } });
  await folders.writeClaude({ model: "claude-next-preview" });
  const sync = folders.run("sync", "--source", "claude_code", "--source", "anthropic");
  expect(await sync.ended, sync.output).toBe(0);
  const doctor = folders.run("doctor");
  await doctor.ended;
  expect(doctor.stdout).toMatch(/note {2}source: OpenRouter: switched off in data\/config\/sources.json/);
  expect(doctor.stdout).toMatch(/ok {2}source: Anthropic API: Read 90 days/);
  expect(doctor.stdout).toMatch(/note {2}prices: no price for claude-next-preview/);
  expect(doctor.stdout).toMatch(/history: Claude Code deletes a log 30 days after its last line/);
});

test("doctor tells what credit is left", async () => {
  const sync = folders.run("sync", "--source", "openrouter");
  expect(await sync.ended, sync.output).toBe(0);
  const doctor = folders.run("doctor");
  await doctor.ended;
  expect(doctor.stdout).toMatch(/ok {2}source: OpenRouter: Read 29 days: 29 rows changed\. \$74\.75 of credit left, last/);
});

test("no key is in any file or output", async () => {
  const sync = folders.run("sync");
  expect(await sync.ended, sync.output).toBe(0);
  const files = await readdir(folders.dataDir, { recursive: true, withFileTypes: true });
  for (const file of files.filter((file) => file.isFile())) {
    const bytes = await readFile(path.join(file.parentPath, file.name));
    expect(bytes.includes("canary"), file.name).toBe(false);
  }
  expect(folders.output).not.toContain("canary");
  expect(providers.asked.join("\n")).not.toContain("canary");
});

async function totals(source: string) {
  const report = folders.run("report", "--json", "--window", "all", "--source", source);
  await report.ended;
  return JSON.parse(report.stdout).totals as { tokensIn: number; tokensOut: number; messages: number };
}

async function expectEverything() {
  for (const source of ["openai", "openrouter", "litellm"] as const) {
    const [input, output] = DAY[source].map((tokens) => tokens * DAYS[source]);
    expect(await totals(source), source).toMatchObject({ tokensIn: input, tokensOut: output });
  }
  // What today's log saw (44,700 in, 900 out) is more than the provider reports of today, and is counted once.
  expect(await totals("anthropic")).toMatchObject({ tokensIn: 89 * DAY.anthropic[0], tokensOut: 89 * DAY.anthropic[1] });
  expect(await totals("claude_code")).toMatchObject({ messages: 1, tokensIn: 44_700 });
}
