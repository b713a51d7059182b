// The dashboard goes away and comes back: an open tab says so, and catches up by itself.
import { figure, refreshButton, syncStatus, toast } from "../dashboard.ts";
import { expect, keepDocument, open, test } from "../fixtures.ts";

/** What the browser complains of while there is nobody to answer. */
const NOBODY_THERE = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE/;

test.use({ prepare: ({}, use) => use((server) => server.writeClaude()) });

test("a tab survives a restart and shows what was written meanwhile", async ({ page, server, complaints }) => {
  await open(page, "/");
  const expectKept = await keepDocument(page);
  await expect(figure(page, "Spend, 30 days")).toContainText("$0.05");

  expect(await server.stop()).toBe(0);
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("The server cannot be reached");
  await expect(refreshButton(page)).toHaveAttribute("aria-busy", "false");
  await expect(figure(page, "Spend, 30 days"), "the numbers stay").toContainText("$0.05");

  await server.writeClaude({}, 99);
  await server.start();
  await expect(figure(page, "Spend, 30 days")).toContainText("$4.98");
  expect(complaints.splice(0).filter((text) => !NOBODY_THERE.test(text)), "only while it was away").toEqual([]);

  await server.writeClaude({}, 100);
  await expect(figure(page, "Spend, 30 days"), "the stream is back").toContainText("$9.96");
  await refreshButton(page).click();
  await expect(toast(page)).toContainText("Sync complete");
  await expect(syncStatus(page)).toHaveText(/^Synced\s+just now$/);
  await expectKept();
});

test("a page that is opened after a restart has the numbers at once", { tag: "@nojs" }, async ({ page, server }) => {
  expect(await server.stop()).toBe(0);
  await server.start();
  await open(page, "/");
  await expect(figure(page, "Spend, 30 days")).toContainText("$0.05");
  await expect(syncStatus(page), "the first run may be on already").toContainText(/Synced|Syncing/);
});

test("a tab of another version offers to load the new one", async ({ page, server }) => {
  const state = await server.state(() => true);
  const body = `data: ${JSON.stringify({ ...state, version: "99.0.0" })}\n\n`;
  await page.route("/events", (route) => route.fulfill({ contentType: "text/event-stream", body }));
  await open(page, "/tokens");
  await keepDocument(page);
  const offer = page.getByRole("link", { name: "New version: reload" });
  await expect(offer).toBeVisible();
  await page.unroute("/events");
  await offer.click();
  await expect(page.locator("html")).not.toHaveAttribute("data-kept");
  await expect(page).toHaveURL("/tokens");
  await expect(offer).toBeHidden();
});
