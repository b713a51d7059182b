// Tables to take away: what is saved is what the page and the report say.
import { readFile } from "node:fs/promises";
import { expect, open, test } from "../fixtures.ts";
import { writeMonth } from "../samples.ts";

test.use({ prepare: ({}, use) => use((server) => writeMonth(server)) });

test("the models of a page are saved as CSV, and add up to the report", async ({ page, server }) => {
  await open(page, "/tokens?window=7d");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Cost by model as CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^allclear-usage-by-model-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  const [head, ...rows] = (await readFile(await file.path(), "utf8")).trim().split(/\r?\n/).map((line) => line.split(","));
  const cost = head.indexOf("cost");
  expect(cost).toBeGreaterThan(0);
  const printed = server.run("report", "--window", "7d", "--by", "model", "--json");
  expect(await printed.ended).toBe(0);
  const report = JSON.parse(printed.stdout);
  expect(rows).toHaveLength(report.rows.length);
  const sum = rows.reduce((all, row) => all + Number(row[cost] || 0), 0);
  expect(sum).toBeCloseTo(report.totals.cost, 6);
});

test("every table of a page has its links, narrowed as the page is", async ({ page, request }) => {
  for (const path of ["/?window=90d", "/tokens?window=7d", "/analytics?window=7d", "/prices", "/sync"]) {
    await open(page, path);
    const links = page.locator(".downloads a");
    await expect(links.first(), path).toBeVisible();
    for (const href of await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href))) {
      const answer = await request.get(href);
      expect(answer.status(), href).toBe(200);
      expect(answer.headers()["content-disposition"], href).toContain("attachment");
    }
  }
});

test("an export that makes no sense is refused in words", async ({ request, server }) => {
  const answer = await request.get(`${server.url}/api/export/usage.csv?window=8d&by=hour`);
  expect(answer.status()).toBe(400);
  const { error, details } = await answer.json();
  expect(error).toBeTruthy();
  expect(details.join(" ")).toContain("by is one of");
});
