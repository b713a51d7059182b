// Where the money goes and why it changed: the days a page is about, what is compared, what is asked.
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, open, test } from "../fixtures.ts";
import { writeMonth } from "../samples.ts";

const DAY_MS = 86_400_000;

function day(ago: number) {
  return new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
}

function card(page: Page, heading: string) {
  return page.locator(".card", { has: page.getByRole("heading", { name: heading, exact: true }) });
}

/** What a question's card answers. */
function answer(asked: Locator) {
  return asked.locator("[role=status]");
}

test.describe("with usage", () => {
  test.use({ prepare: ({}, use) => use((server) => writeMonth(server)) });

  test("the figures of the page are those of the report", async ({ page, server }) => {
    await open(page, "/analytics?window=7d");
    const printed = server.run("report", "--window", "7d", "--json");
    expect(await printed.ended).toBe(0);
    const report = JSON.parse(printed.stdout);
    const spend = card(page, "Spend, 7 days").locator(".big");
    await expect(spend).toHaveText(new RegExp(`^\\$${report.totals.cost.toFixed(2).replace(".", "\\.")}`));
    // Every day and every model of the chart is a row beside it, and they add up to the same.
    const trend = card(page, "Spend trend");
    await trend.getByText("Show as table").click();
    const totals = await trend.locator("tbody tr td:last-child").allTextContents();
    const sum = totals.map((text) => Number(text.replaceAll(/[^0-9.]/g, ""))).reduce((all, one) => all + one, 0);
    expect(sum).toBeCloseTo(report.totals.cost, 1);
    await expectAccessible(page);
  });

  test("the address says which days, and what they are compared with", async ({ page }) => {
    await open(page, "/analytics");
    await expect(page.getByRole("link", { name: "30 days" })).toHaveAttribute("aria-current", "true");
    await page.getByRole("link", { name: "Last month" }).click();
    await expect(page).toHaveURL(/window=last-month/);
    await page.getByRole("link", { name: "Year before" }).click();
    await expect(page).toHaveURL(/compare=year/);
    await expect(page.locator(".day-names")).toContainText(String(new Date().getFullYear() - 1));
    await page.getByRole("link", { name: "30 days" }).click();
    await page.getByText("Other days").click();
    await page.getByLabel("From", { exact: true }).fill(day(3));
    await page.getByLabel("To", { exact: true }).fill(day(2));
    await page.getByRole("button", { name: "Show" }).click();
    await expect(page).toHaveURL(new RegExp(`from=${day(3)}&to=${day(2)}`));
    await expect(card(page, "Spend, 2 days")).toBeVisible();
    await page.reload();
    await expect(card(page, "Spend, 2 days")).toBeVisible();
    await expect(page).toHaveURL(/compare=year/);
  });

  test("days that make no sense are told, and others are shown", async ({ page }) => {
    await open(page, `/analytics?from=${day(1)}&to=${day(5)}`);
    await expect(page.locator(".span .banner")).toContainText("no day lies between");
    await expect(card(page, "Spend, 30 days")).toBeVisible();
  });

  test("what if answers as the slider moves", async ({ page }) => {
    await open(page, "/analytics");
    const ask = card(page, "What if");
    await expect(answer(ask)).toContainText("as it was");
    await ask.getByLabel("Done in batches").fill("100");
    await expect(answer(ask)).toContainText("instead of");
    await expect(answer(ask)).toContainText("Batches");
    await ask.getByRole("button", { name: "As it was" }).click();
    await expect(answer(ask)).toContainText("as it was");
    await ask.getByLabel("Model that did the work").selectOption({ label: "Opus 5.5" });
    await ask.getByLabel("Model that would do it").selectOption({ label: "Haiku 5.5" });
    await ask.getByLabel("Part of it").fill("50");
    await expect(answer(ask)).toContainText("Other model−$");
  });

  test("a plan pays or does not", async ({ page }) => {
    await open(page, "/analytics");
    const plan = card(page, "Would a plan pay?");
    await plan.getByLabel("Plan, US dollars a month").fill("0.01");
    await expect(answer(plan)).toContainText("The plan saves $");
    await plan.getByLabel("Plan, US dollars a month").fill("5000");
    await expect(answer(plan)).toContainText("The plan costs $");
    await plan.getByLabel("Plan, US dollars a month").fill("-5");
    await expect(answer(plan)).toContainText("is no price");
  });

  test("without a script the address asks", { tag: "@nojs-only" }, async ({ page }) => {
    await page.goto("/analytics?batched=100&plan=5000");
    await expect(answer(card(page, "What if"))).toContainText("instead of");
    await expect(answer(card(page, "Would a plan pay?"))).toContainText("The plan costs $");
    await card(page, "What if").getByRole("button", { name: "Answer" }).click();
    await expect(page).toHaveURL(/batched=100/);
    await expect(page).toHaveURL(/plan=5000/);
  });
});

test("without any usage the page says what to do", async ({ page }) => {
  await open(page, "/analytics");
  await expect(page.getByText("No usage has been read yet.")).toBeVisible();
});
