// One run at a time on a data folder, between whole processes: the lock, driven for real.
import { expect, test } from "../fixtures.ts";
import { EndlessLog, expectLock, hasLock } from "../hold.ts";
import type { Program } from "../program.ts";
import type { Server } from "../server.ts";

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
