// Refresh without JavaScript: a form, whose answer is the page it stands on, with the new numbers.
import { card, figure, refreshButton, syncStatus } from "../dashboard.ts";
import { expect, test } from "../fixtures.ts";

test.use({ serverOptions: { args: ["serve", "--no-schedule"] } });

for (const [path, heading] of [
  ["/?window=7d", "Spend, 7 days"],
  ["/tokens?window=90d", "Spend"],
]) {
  test(`it lands on the same page: ${path}`, async ({ page, server }) => {
    await server.writeClaude();
    await page.goto(path);
    await refreshButton(page).click();
    await expect(page).toHaveURL(path);
    const spend = path.startsWith("/tokens") ? card(page, heading) : figure(page, heading);
    await expect(spend).toContainText("$0.05");
    await expect(syncStatus(page)).toContainText(/Synced\s+\d+ \w{3} \d{4}, \d\d:\d\d:\d\d/);

    await server.writeClaude({}, 100);
    await refreshButton(page).click();
    await expect(spend).toContainText("$5.03");
    await expect(page).toHaveURL(path);
  });
}

test("what went wrong is told, with a link to the log", async ({ page, server }) => {
  await server.writeData("tokens.json", "{ broken");
  await page.goto("/");
  await refreshButton(page).click();
  await page.getByRole("link", { name: "Partly synced" }).click();
  await expect(page).toHaveURL("/sync");
  await expect(page.getByRole("listitem").filter({ hasText: "tokens: Manual entries" }).last()).toContainText("is not valid");
});

test("a run that is on already sends back to the page", async ({ page, server }) => {
  await server.writeData(".sync-lock", new Date().toISOString());
  await page.goto("/tokens");
  await refreshButton(page).click();
  await expect(page).toHaveURL(/\/tokens/);
  await expect(page).toHaveTitle("Tokens · Allclear");
});

test("the window is chosen by links", async ({ page, server }) => {
  await server.writeClaude();
  await page.goto("/");
  await refreshButton(page).click();
  await page.getByRole("link", { name: "90 days" }).click();
  await expect(page).toHaveURL("/?window=90d");
  await expect(figure(page, "Spend, 90 days")).toContainText("$0.05");
});

test("the table stands in for the chart, which nothing draws", async ({ page, server }) => {
  await server.writeClaude();
  await page.goto("/");
  await refreshButton(page).click();
  await expect(page.getByRole("img", { name: / per day/ })).toBeHidden();
  await expect(page.getByRole("region", { name: "The chart's numbers" })).toBeVisible();
});
