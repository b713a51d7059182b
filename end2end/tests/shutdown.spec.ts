// SIGTERM: exit code 0, soon, and a word in the log; whatever is open or going on.
import { figure, refreshButton, syncStatus } from "../dashboard.ts";
import { expect, open, test } from "../fixtures.ts";
import { EndlessLog } from "../hold.ts";

test.use({ serverOptions: { args: ["serve", "--no-schedule"] } });

test.describe("what is open or going on", () => {
  // The tab that is left behind complains, rightly.
  test.use({ expected: /ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE)/ });

  test("an open stream does not hold the dashboard back", async ({ page, server }) => {
    await open(page, "/");
    await refreshButton(page).click();
    await expect(syncStatus(page), "the stream is open").toContainText("Synced");
    const started = Date.now();
    expect(await server.stop()).toBe(0);
    expect(Date.now() - started, "nothing was waited for").toBeLessThan(5_000);
    expect(server.output).toContain("SIGTERM: stopping");
    expect(server.output).toContain("stopped gracefully");
  });

  test("what a run is reading is stored first, the rest is left for the next", async ({ page, server }) => {
    await server.writeClaude();
    const log = await EndlessLog.write(server);
    await open(page, "/");
    await refreshButton(page).click();
    await server.state((state) => state.running !== null && state.running.total > 0);
    const stopped = server.stop();
    await expect.poll(() => server.output).toContain("SIGTERM: stopping");
    await log.release();
    expect(await stopped).toBe(0);
    expect(server.output).toContain("stopped gracefully");

    await server.start();
    await server.sync();
    await open(page, "/");
    await expect(figure(page, "Spend, 30 days")).toContainText("$0.05");
    await expect(syncStatus(page)).toContainText("Synced");
  });

  test("a run that does not end is given up after ten seconds", async ({ page, server }) => {
    await server.writeClaude();
    const log = await EndlessLog.write(server);
    await open(page, "/");
    await refreshButton(page).click();
    await server.state((state) => state.running !== null && state.running.total > 0);
    expect(await server.stop(), "null: it had to be killed after fifteen").toBe(0);
    expect(server.output).toContain("stopped before a run ended");

    await log.release();
    await server.start();
    await server.sync();
    await open(page, "/");
    await expect(figure(page, "Spend, 30 days"), "what it had not stored is read again").toContainText("$0.05");
  });
});

test("a second dashboard at the same address says why it does not start", async ({ server }) => {
  const second = server.run("serve");
  expect(await second.ended).toBe(1);
  expect(second.output).toContain(`listening on 127.0.0.1:${server.port}; is another program there?`);
});
