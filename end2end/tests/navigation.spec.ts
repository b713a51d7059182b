// From page to page: without a reload, with a title each, and with somewhere to go from an address that is wrong.
import { expect, keepDocument, open, test } from "../fixtures.ts";

test.use({ prepare: ({}, use) => use((server) => server.writeClaude()) });

test("pages follow each other without a reload, and back", async ({ page }) => {
  await open(page, "/");
  const expectKept = await keepDocument(page);
  const nav = page.getByRole("navigation", { name: "Main" });
  const pages = [
    ["Projects", "/projects", "Projects · Allclear"],
    ["Tokens", "/tokens", "Tokens · Allclear"],
    ["Quality", "/quality", "Quality · Allclear"],
    ["Kanban", "/kanban", "Kanban · Allclear"],
    ["Sources", "/sources", "Sources · Allclear"],
    ["Prices", "/prices", "Prices · Allclear"],
    ["Sync log", "/sync", "Sync log · Allclear"],
    ["Overview", "/", "Overview · Allclear"],
  ];
  for (const [name, path, title] of pages) {
    await nav.getByRole("link", { name }).click();
    await expect(page).toHaveURL(path);
    await expect(page).toHaveTitle(title);
    await expect(nav.getByRole("link", { name })).toHaveAttribute("aria-current", "page");
    await expect(nav.locator("[aria-current]")).toHaveCount(1);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  }
  await page.goBack();
  await expect(page).toHaveTitle("Sync log · Allclear");
  await page.goForward();
  await expect(page).toHaveTitle("Overview · Allclear");
  await expectKept();
});

test("a page that one comes to shows what the server would", async ({ page }) => {
  for (const [name, path] of [
    ["Projects", "/projects"],
    ["Tokens", "/tokens"],
    ["Quality", "/quality"],
    ["Kanban", "/kanban"],
    ["Sources", "/sources"],
    ["Prices", "/prices"],
    ["Sync log", "/sync"],
  ]) {
    await open(page, path);
    const content = page.locator("#content");
    const asked = await content.ariaSnapshot();
    await open(page, "/");
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
    await expect(content).toMatchAriaSnapshot(asked.replaceAll(/(just now|\d+ s ago|in \d+ (?:min|s))/g, "/ago|now|in/"));
  }
});

test.describe("an address that leads nowhere", () => {
  test.use({ expected: /404/ });

  test("is answered as such, with a way on", { tag: "@nojs" }, async ({ page }) => {
    const answer = await page.goto("/tokens/nowhere");
    expect(answer?.status()).toBe(404);
    await expect(page).toHaveTitle("Not found · Allclear");
    await expect(page.getByRole("heading", { name: "There is nothing at this address" })).toBeVisible();
    await page.getByRole("link", { name: "Go to the overview" }).click();
    await expect(page).toHaveURL("/");
    await expect(page).toHaveTitle("Overview · Allclear");
  });
});

test("pages and answers carry the headers that keep them safe", async ({ request }) => {
  const page = (await request.get("/")).headers();
  expect(page["content-security-policy"]).toMatch(/script-src 'nonce-[^']+' 'strict-dynamic' 'wasm-unsafe-eval';/);
  expect(page["content-security-policy"]).not.toMatch(/'unsafe-inline'|'unsafe-eval'|https?:/);
  for (const path of ["/", "/data/analytics.json", "/healthz", "/charts.js"]) {
    const headers = (await request.get(path)).headers();
    expect(headers, path).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "same-origin" });
    expect(headers["content-security-policy"], path).toContain("frame-ancestors 'none'");
  }
});
