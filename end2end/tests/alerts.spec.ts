// What needs somebody is told above every page, once in its period, and stays told until it is answered or over.
import type { Page } from "@playwright/test";
import { toast } from "../dashboard.ts";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

const WARNING = "Global spend is at 85.0% of $10 budget (Warning)";
const CRITICAL = "Global spend is at 95.0% of $10 budget (Critical)";

/** So much was spent today, of ten dollars a month. */
async function spend(server: Server, cost: number) {
  const entry = { date: today(), project: "shop", model: "claude-opus-5-5", tokensIn: 1, tokensOut: 1, cost };
  await server.writeData("config/budget.json", { monthly: 10 });
  await server.writeData("tokens.json", { entries: [entry] });
}

const today = () => new Date().toISOString().slice(0, 10);
const month = () => today().slice(0, 7);

function banner(page: Page, message: string) {
  return page.getByRole("region", { name: "Alerts", exact: true }).getByRole("listitem").filter({ hasText: message });
}

function bell(page: Page) {
  return page.getByRole("main").getByRole("link", { name: /^Alerts: / });
}

function answer(page: Page, name: string, message: string) {
  return page.getByRole("button", { name: `${name}: ${message}` });
}

test.use({ prepare: ({}, use) => use((server) => spend(server, 8.5)) });

test("a crossed threshold is shown above every page", { tag: "@nojs" }, async ({ page }) => {
  for (const path of ["/", "/projects", "/tokens", "/quality", "/kanban", "/sources", "/prices", "/sync", "/alerts"]) {
    await open(page, path);
    await expect(banner(page, WARNING), path).toBeVisible();
    await expect(bell(page)).toHaveAccessibleName("Alerts: 1 needs you");
  }
  await banner(page, WARNING).getByRole("link", { name: "See why" }).click();
  await expect(page).toHaveURL("/tokens");
});

test("the next run tells what is new, without a reload", async ({ page, server }) => {
  await open(page, "/tokens");
  const expectKept = await keepDocument(page);
  await expect(banner(page, CRITICAL)).toBeHidden();
  await spend(server, 9.5);
  await server.sync();
  await expect(banner(page, CRITICAL)).toBeVisible();
  await expect(bell(page)).toHaveAccessibleName("Alerts: 1 needs you");
  await expectAccessible(page);
  await spend(server, 1);
  await server.sync();
  await expect(banner(page, CRITICAL)).toBeHidden();
  await expect(bell(page)).toHaveAccessibleName("Alerts: none");
  await expectKept();
});

test("a banner that is hidden stays so in this browser, and is back in another month", { tag: "@nojs" }, async ({
  page,
  context,
  server,
}) => {
  await open(page, "/tokens");
  await page.getByRole("button", { name: `Hide: ${WARNING}` }).click();
  await expect(banner(page, WARNING)).toBeHidden();
  await expect(page).toHaveURL(/\/tokens/);
  await open(page, "/");
  await expect(bell(page), "it is not answered").toHaveAccessibleName("Alerts: 1 needs you");
  await expect(banner(page, WARNING), "also after a reload").toBeHidden();
  // What was hidden in another month is another alert.
  await context.addCookies([{ name: "hidden_alerts", value: "global-75%402020-01", url: server.url }]);
  await open(page, "/");
  await expect(banner(page, WARNING)).toBeVisible();
});

test("the verdict counts what needs somebody, each with its link", { tag: "@nojs" }, async ({ page, server }) => {
  await spend(server, 9.5);
  await server.writeClaude({ model: "claude-next-preview" });
  await server.sync();
  await open(page, "/");
  await expect(page.getByRole("heading", { level: 1 }), "two thresholds of one budget are one thing").toHaveText(
    "2 things need you.",
  );
  const content = page.locator("#content");
  // A lower bound, with a model that has no price.
  const budget = content.getByRole("link", { name: /^Global spend is at .*95\.0%.* of \$10 budget \(Critical\)$/ });
  await expect(budget).toHaveAttribute("href", "/tokens");
  await content.getByRole("link", { name: "1 model has no price" }).click();
  await expect(page).toHaveURL(/\/prices/);
});

test("an alert is acknowledged, and one is put off", { tag: "@nojs" }, async ({ page, server, javaScriptEnabled }) => {
  await spend(server, 9.5);
  await server.sync();
  await open(page, "/");
  await bell(page).click();
  await expect(page).toHaveURL("/alerts");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 alert needs you.");
  await answer(page, "Acknowledge", CRITICAL).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 alert needs you.");
  await expect(answer(page, "Acknowledge", CRITICAL)).toBeHidden();
  if (javaScriptEnabled !== false) {
    await expect(toast(page)).toContainText("Acknowledged");
    await expect(page.locator("#content"), "who uses the keyboard goes on from the top").toBeFocused();
  }
  await answer(page, "Snooze 1 day", "Global spend is at 95.0% of $10 budget (Warning)").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing new needs you.");
  await expect(page.getByText(/^Snoozed until \d+ \w{3} \d{4}/)).toBeVisible();
  await expect(page.getByRole("row", { name: CRITICAL })).toContainText("acknowledged");
  await open(page, "/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing new needs you.");
  await expect(page.getByRole("region", { name: "Alerts", exact: true })).toBeHidden();

  // Without script nothing else tells that the page has all it asked for.
  if (javaScriptEnabled === false) await page.waitForLoadState("networkidle");
  expect(await server.stop()).toBe(0);
  await server.start();
  await open(page, "/alerts");
  await expect(page.getByRole("heading", { level: 1 }), "a restart forgets nothing").toHaveText("Nothing new needs you.");
  await spend(server, 1);
  await server.sync();
  await open(page, "/alerts");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No alerts.");
  await expect(page.getByRole("row", { name: CRITICAL })).toContainText("resolved");
});

test("scripts read what holds and change the rules, and two of them do not overwrite each other", async ({
  page,
  request,
}) => {
  const { active, deliveries } = await (await request.get("/api/alerts")).json();
  const key = `global-75@${month()}`;
  expect(active).toMatchObject([{ alertKey: key, type: "global", level: "warning", message: WARNING, state: "raised" }]);
  expect(deliveries).toEqual([]);
  await open(page, "/");
  const read = await (await request.get("/api/settings/alerts")).json();
  const changed = { ...read, globalThresholds: [{ percent: 80, label: "Soon" }] };
  expect((await request.post("/api/settings/alerts", { data: changed })).status()).toBe(200);
  await expect(banner(page, "Global spend is at 85.0% of $10 budget (Soon)"), "at once").toBeVisible();
  const late = await request.post("/api/settings/alerts", { data: { ...read, groupFrom: 9 } });
  expect(late.status(), "it was made from what was read before").toBe(409);
  const wrong = await request.post("/api/settings/alerts", { data: { globalThresholds: [{ percent: 120 }], budget: 1 } });
  expect(wrong.status()).toBe(400);
  expect((await wrong.json()).details[0]).toContain("budget");
  await expect(banner(page, "(Soon)"), "what was refused changes nothing").toBeVisible();
});

test("a project's own budget is told of beside its limit", async ({ page, server }) => {
  const budgets = [{ id: "shop", scope: { project: "shop" }, period: "week", amount: 9, name: "The shop" }];
  await server.writeData("config/budget.json", { monthly: 1000, budgets });
  await server.writeData("config/alerts.json", { perProjectLimits: { shop: 8 } });
  await server.sync();
  await open(page, "/alerts");
  await expect(page.getByRole("heading", { level: 2, name: 'has spent $8.50, exceeding its $8 limit' })).toBeVisible();
  await expect(page.getByRole("heading", { level: 2, name: "The shop spend is at 94.4% of $9 weekly budget (Critical)" })).toBeVisible();
  await server.writeData("config/alerts.json", { perProjectLimits: { shop: -8 } });
  await open(page, "/sync");
  await expect(page.getByRole("alert")).toContainText("data/config/alerts.json: perProjectLimits.shop is -8");
  await open(page, "/alerts");
  await expect(page.getByRole("heading", { level: 2, name: "exceeding its $8 limit" }), "what was in force stays").toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 360, height: 740 } });

    test("banners, bell and page are readable on a phone", async ({ page, server }) => {
      const url = "https://hooks.test/a";
      const channels = [
        { name: "team-with-quite-a-long-name-of-its-own", kind: "webhook", url, digests: ["daily", "weekly"] },
        { name: "phone", kind: "ntfy", topic: "t", levels: ["critical"], enabled: false },
        { name: "mail", kind: "email", host: "mail.test", from: "a@example.com", to: ["b@example.com"] },
        { name: "desk", kind: "desktop" },
      ];
      await server.writeData("config/channels.json", { channels });
      await spend(server, 9.5);
      await server.sync();
      await open(page, "/alerts");
      await expect(banner(page, CRITICAL)).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await expectAccessible(page);
    });
  });
}
