// One run at a time on a data folder, between whole processes: the lock, driven for real.
import { expect, test } from "../fixtures.ts";
import { EndlessLog, expectLock, hasLock } from "../hold.ts";
import type { Program } from "../program.ts";
import { Server } from "../server.ts";

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

test("the second of two syncs says who is at it, and ends well", async ({ folders }) => {
  const log = await EndlessLog.write(folders);
  const first = folders.run("sync");
  await expectLock(folders);
  const second = folders.run("sync");
  expect(await second.ended).toBe(0);
  expect(second.stdout).toMatch(
    new RegExp(`^Sync already in progress \\(since \\d\\d:\\d\\d:\\d\\d UTC by pid ${first.pid} on \\S+\\) - skipping\n$`),
  );
  const script = folders.run("sync", "--json");
  expect(await script.ended).toBe(0);
  const error = expect.stringContaining(`Sync already in progress (since`);
  expect(JSON.parse(script.stdout)).toMatchObject({ status: "skipped", error });

  await log.release();
  expect(await first.ended).toBe(0);
  expect(first.stdout).toMatch(/All syncs completed in \d+ ms/);
  expect(await hasLock(folders), "the lock file goes with the run").toBe(false);
});

test("after kill -9 the next one takes over at once", async ({ folders }) => {
  const killed = await killInItsMiddle(folders);
  const next = folders.run("sync");
  expect(await next.ended).toBe(0);
  expect(next.output).toMatch(new RegExp(`The last sync was cut off \\(running .*by pid ${killed.pid} .*taking over`));
  expect(next.stdout).toContain("1 new message");
  expect(await hasLock(folders)).toBe(false);
});

test("a dashboard takes over too", async ({ folders }) => {
  const killed = await killInItsMiddle(folders);
  await folders.start();
  expect(folders.output).toMatch(new RegExp(`cut off \\(running .*by pid ${killed.pid} .*taking over`));
  const { windows } = await (await fetch(`${folders.url}/data/analytics.json`)).json();
  expect(windows["30d"].totalCost).toBe(0.0498);
  expect(await folders.stop()).toBe(0);
});

test("a lock file made by hand holds back, and stays", async ({ folders }) => {
  await folders.writeData(".sync-lock", minutesAgo(59));
  const sync = folders.run("sync");
  expect(await sync.ended).toBe(0);
  expect(sync.stdout).toMatch(/^Sync already in progress \(since \d\d:\d\d:\d\d UTC\) - skipping\n$/);
  expect(await hasLock(folders)).toBe(true);
});

test("one that is 72 minutes old is stale: a warning, and the run goes on", async ({ folders }) => {
  await folders.writeClaude();
  await folders.writeData(".sync-lock", minutesAgo(72));
  const sync = folders.run("sync");
  expect(await sync.ended).toBe(0);
  expect(sync.output).toMatch(/WARN.*Stale lock file detected \(72min old\) - removing/);
  expect(sync.stdout).toContain("Read 1 file: 1 new message");
  expect(await hasLock(folders)).toBe(false);
});

test("ten at once on a fresh folder: some read, the others skip, nothing is counted twice", async ({ folders }) => {
  const samples = 100;
  await folders.writeClaude({}, samples);
  const programs = Array.from({ length: 10 }, () => folders.run("sync", "--json"));
  const codes = await Promise.all(programs.map((program) => program.ended));
  expect(codes, programs.map((program) => program.output).join("\n")).toEqual(Array(10).fill(0));
  const statuses = programs.map((program) => JSON.parse(program.stdout).status);
  expect(statuses).toContain("success");
  expect(statuses.filter((status) => !["success", "skipped"].includes(status))).toEqual([]);
  const report = folders.run("report", "--json", "--window", "all", "--offline");
  expect(await report.ended).toBe(0);
  expect(JSON.parse(report.stdout).totals.messages).toBe(samples);
});

test("a second dashboard on the folder is refused at once, and told who is there", async ({ folders }) => {
  await folders.start();
  const second = folders.run("serve", "--addr", "127.0.0.1:0");
  expect(await second.ended).toBe(1);
  expect(second.output).toMatch(/another Allclear keeps the data folder .* current \(pid \d+, since .*\): stop it/);
  expect(await folders.stop()).toBe(0);
});

test("a server of pages alone shows what another process reads", async ({ folders }) => {
  const env = { ALLCLEAR_DATA_DIR: folders.dataDir, CLAUDE_CONFIG_DIR: folders.claudeDir };
  const pages = await Server.prepare({ args: ["serve", "--no-schedule"], env });
  try {
    await pages.start();
    await folders.start();
    await folders.writeClaude();
    await folders.sync();
    await pages.state((state) => state.last?.trigger === "manual");
    const { windows } = await (await fetch(`${pages.url}/data/analytics.json`)).json();
    expect(windows["30d"].totalCost).toBe(0.0498);
    expect(await folders.stop()).toBe(0);
    expect(await pages.stop()).toBe(0);
  } finally {
    await pages.remove();
  }
});

/** Starts a sync, kills it while it reads, and sees that nobody tidied up. */
async function killInItsMiddle(folders: Server): Promise<Program> {
  await folders.writeClaude();
  const log = await EndlessLog.write(folders);
  const sync = folders.run("sync");
  await expectLock(folders);
  sync.kill("SIGKILL");
  expect(await sync.ended, "killed").toBeNull();
  await log.release();
  expect(await hasLock(folders)).toBe(true);
  return sync;
}
