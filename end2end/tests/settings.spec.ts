// Every choice is made on one page: checked where it is typed, saved form by form, and in force at once.
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { card, toast } from "../dashboard.ts";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

const today = () => new Date().toISOString().slice(0, 10);

/** So much was spent today by the project `shop`, of ten dollars a month. */
async function spend(server: Server, cost: number) {
  const entry = { date: today(), project: "shop", model: "claude-opus-5-5", tokensIn: 1, tokensOut: 1, cost };
  await server.writeData("config/budget.json", { monthly: 10 });
  await server.writeData("tokens.json", { entries: [entry] });
}

const config = async (server: Server, name: string) =>
  JSON.parse(await readFile(path.join(server.dataDir, "config", name), "utf8"));

const save = (page: Page, name: string) => page.getByRole("button", { name: `Save ${name}` }).click();
const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
const banner = (page: Page) => page.getByRole("region", { name: "Alerts" });

test.use({ prepare: ({}, use) => use((server) => spend(server, 8.5)) });

test("the page is reached from the sidebar", async ({ page }) => {
  await open(page, "/");
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Settings" }).click();
  await expect(page).toHaveURL("/settings");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await expectAccessible(page);
});

test("what is saved is in force without a reload, and is there after one", async ({ page, server }) => {
  await open(page, "/settings");
  const expectKept = await keepDocument(page);
  await expect(banner(page)).toContainText("85.0% of $10 budget");
  await field(page, "Monthly budget").fill("100");
  await page.getByRole("button", { name: "Add a budget" }).click();
  const row = page.getByRole("group", { name: "Budget 1" });
  await row.getByLabel("Of", { exact: true }).selectOption("global");
  await row.getByLabel("Amount", { exact: true }).fill("9");
  await row.getByLabel("Per", { exact: true }).selectOption("week");
  await row.getByLabel("Name", { exact: true }).fill("Each week");
  await expect(card(page, "Budgets")).toContainText("Unsaved changes");
  await save(page, "budgets");
  await expect(toast(page)).toContainText("Saved");
  await expect(page.getByText("Unsaved changes")).toBeHidden();
  await expect(banner(page)).toContainText("Each week spend is at 94.4% of $9 weekly budget");
  expect(await config(server, "budget.json")).toEqual({
    monthly: 100,
    budgets: [{ id: "all", scope: "global", period: "week", amount: 9, name: "Each week" }],
  });

  await field(page, "Interval").first().fill("30");
  await field(page, "Time zone").fill("Europe/Berlin");
  await save(page, "sync");
  await expect(page.getByText("Auto-sync is on: every 30 min.")).toBeVisible();
  await expectKept();
  await page.reload();
  await expect(field(page, "Monthly budget")).toHaveValue("100");
  await expect(field(page, "Time zone")).toHaveValue("Europe/Berlin");
  await expect(page.getByRole("group", { name: "Budget 1" }).getByLabel("Name", { exact: true })).toHaveValue("Each week");
});

test("thresholds and limits are added and removed", async ({ page, server }) => {
  await open(page, "/settings");
  await page.getByRole("button", { name: "Remove threshold 1" }).click();
  await page.getByRole("button", { name: "Add a threshold" }).click();
  const added = page.getByRole("group", { name: "Threshold 3" });
  await added.getByLabel("Percent", { exact: true }).fill("50");
  await added.getByLabel("Label", { exact: true }).fill("Half");
  await page.getByRole("button", { name: "Add a limit" }).click();
  await page.getByLabel("Project", { exact: true }).selectOption("shop");
  await field(page, "Limit").fill("8");
  await page.getByLabel("A day far dearer than usual").uncheck();
  await save(page, "alerts");
  await expect(toast(page)).toContainText("Saved");
  await expect(banner(page)).toContainText("exceeding its $8 limit");
  await expect(banner(page)).toContainText("(Half)");
  const file = await config(server, "alerts.json");
  expect(file.globalThresholds).toEqual([{ percent: 90, label: "Critical" }, { percent: 50, label: "Half" }]);
  expect(file.rules.spike).toBe(false);
});

test("what cannot be meant is said at its field, and nothing is sent", async ({ page, server }) => {
  await open(page, "/settings");
  await field(page, "Monthly budget").fill("-1");
  await save(page, "budgets");
  await expect(field(page, "Monthly budget")).toHaveAttribute("aria-invalid", "true");
  await expect(field(page, "Monthly budget")).toHaveAccessibleDescription("Write more than 0 dollars.");
  await expect(field(page, "Monthly budget"), "where to go on").toBeFocused();
  await expect(page.getByRole("alert").filter({ hasText: "Nothing was saved" })).toBeVisible();
  await expectAccessible(page);
  await field(page, "Monthly budget").fill("12");
  await expect(field(page, "Monthly budget")).not.toHaveAttribute("aria-invalid");

  const percents = field(page, "Percent");
  await percents.nth(0).fill("120");
  await save(page, "alerts");
  await expect(percents.nth(0)).toHaveAccessibleDescription("Write a percentage from 1 to 100.");
  await percents.nth(0).fill("90");
  await expect(percents.nth(1)).toHaveAccessibleDescription("Another threshold has this percentage; remove one.");
  expect(await config(server, "budget.json")).toEqual({ monthly: 10 });
});

test("who leaves with something typed is asked", async ({ page }) => {
  await open(page, "/settings");
  await field(page, "Monthly budget").fill("12");
  const asked: string[] = [];
  page.once("dialog", (dialog) => (asked.push(dialog.message()), dialog.dismiss()));
  await page.getByRole("link", { name: "Tokens", exact: true }).click();
  expect(asked).toEqual(["Leave without saving what you typed?"]);
  await expect(page).toHaveURL("/settings");
  await expect(field(page, "Monthly budget")).toHaveValue("12");
  page.once("dialog", (dialog) => (asked.push(dialog.type()), dialog.accept()));
  await page.reload();
  expect(asked[1]).toBe("beforeunload");
  await expect(field(page, "Monthly budget")).toHaveValue("10");
  await page.getByRole("link", { name: "Tokens", exact: true }).click();
  await expect(page).toHaveURL("/tokens");
  expect(asked).toHaveLength(2);
});

test("who goes back with something typed is asked too", async ({ page }) => {
  await open(page, "/tokens");
  await page.getByRole("link", { name: "Overview", exact: true }).click();
  await expect(page).toHaveURL("/");
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await expect(page).toHaveURL("/settings");
  const expectKept = await keepDocument(page);
  await field(page, "Monthly budget").fill("12");
  const asked: string[] = [];
  let stay = true;
  page.on("dialog", (dialog) => (asked.push(dialog.message()), stay ? dialog.dismiss() : dialog.accept()));
  const back = () => page.evaluate(() => history.back());
  const question = "Leave without saving what you typed?";

  await back();
  await expect.poll(() => asked, "asked once").toEqual([question]);
  await expect(page).toHaveURL("/settings");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
  await expect(field(page, "Monthly budget")).toHaveValue("12");
  await back();
  await expect.poll(() => asked, "and every time").toEqual([question, question]);
  await expect(page).toHaveURL("/settings");
  await expect(field(page, "Monthly budget")).toHaveValue("12");

  stay = false;
  await back();
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("heading", { name: "Spend by model" })).toBeVisible();
  expect(asked).toHaveLength(3);
  await back();
  await expect(page).toHaveURL("/tokens");
  await page.evaluate(() => history.go(2));
  await expect(page).toHaveURL("/settings");
  await expect(field(page, "Monthly budget"), "what was typed is gone").toHaveValue("10");
  await back();
  await expect(page, "nothing is typed, nobody is asked").toHaveURL("/");
  expect(asked).toHaveLength(3);
  await expectKept();
});

test("a source is tested where it is switched on", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/settings");
  const sources = card(page, "Sources");
  await sources.getByRole("button", { name: "Test connection: Manual entries" }).click();
  await expect(page.getByRole("group", { name: "Manual entries" })).toContainText(/1 entr.* can be read/);
  await expect(page).toHaveURL(/\/settings/);
  await sources.getByRole("button", { name: "Test connection: Anthropic API" }).click();
  await expect(page.getByRole("group", { name: "Anthropic API" })).toContainText("ANTHROPIC_ADMIN_KEY is not set");
});

test("what somebody else saves meanwhile is told, and what is typed stays", async ({ page, request, server }) => {
  await open(page, "/settings");
  await field(page, "Monthly budget").fill("30");
  expect((await request.post("/api/settings/budget", { data: { monthly: 20 } })).status()).toBe(200);
  const notice = page.getByRole("alert").filter({ hasText: "Somebody else has changed this meanwhile." });
  await expect(notice).toContainText("Monthly budget is now 20; it was 10.");
  await expect(field(page, "Monthly budget")).toHaveValue("30");
  await expectAccessible(page);
  await notice.getByRole("button", { name: "Keep mine" }).click();
  await expect(notice).toBeHidden();
  await save(page, "budgets");
  await expect(toast(page)).toContainText("Saved");
  expect(await config(server, "budget.json")).toEqual({ monthly: 30 });
});

test.describe("at once", () => {
  test.use({ expected: /409/ });

  test("two who save do not overwrite each other", async ({ page, context, server }) => {
    await open(page, "/settings");
    const other = await context.newPage();
    await open(other, "/settings");
    await field(other, "Monthly budget").fill("40");
    await field(page, "Monthly budget").fill("30");
    await save(page, "budgets");
    await expect(toast(page)).toContainText("Saved");
    await save(other, "budgets");
    await expect(toast(other)).toContainText("Monthly budget is now 30; it was 10.");
    await expect(field(other, "Monthly budget")).toHaveValue("40");
    expect(await config(server, "budget.json")).toEqual({ monthly: 30 });
    await other.getByRole("button", { name: "Take theirs" }).click();
    await expect(field(other, "Monthly budget")).toHaveValue("30");
  });
});

test("auto-sync is paused and resumed", { tag: "@nojs" }, async ({ page, server }) => {
  await open(page, "/settings");
  await page.getByRole("button", { name: "Pause auto-sync" }).click();
  await expect(page.getByText("Auto-sync is paused.")).toBeVisible();
  expect((await config(server, "sync.json")).enabled).toBe(false);
  await page.getByRole("button", { name: "Resume auto-sync" }).click();
  await expect(page.getByText("Auto-sync is on: every 15 min.")).toBeVisible();
});

test("a broken file is shown and not written over", async ({ page, server }) => {
  await server.writeData("config/sync.json", { intervalMinutes: "often" });
  await server.sync();
  await open(page, "/settings");
  await expect(page.getByRole("alert").filter({ hasText: "data/config/sync.json cannot be used" })).toContainText(
    "expected a whole number",
  );
  await expectAccessible(page);
  await page.getByLabel("Replace data/config/sync.json with this").check();
  await save(page, "sync");
  await expect(toast(page)).toContainText("Saved");
  await expect(page.getByText("data/config/sync.json cannot be used")).toBeHidden();
});

test("it works as forms", { tag: "@nojs-only" }, async ({ page, server }) => {
  await open(page, "/settings");
  await field(page, "Monthly budget").fill("x");
  await field(page, "Monthly budget").press("Enter");
  await expect(field(page, "Monthly budget")).toHaveAccessibleDescription(/^This is no amount/);
  await expect(field(page, "Monthly budget")).toHaveValue("x");
  await field(page, "Monthly budget").fill("25");
  await save(page, "budgets");
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
  expect(await config(server, "budget.json")).toEqual({ monthly: 25 });
  await page.getByRole("button", { name: "Add a threshold" }).click();
  await page.getByRole("group", { name: "Threshold 3" }).getByLabel("Percent", { exact: true }).fill("40");
  await page.getByRole("button", { name: "Remove threshold 1" }).click();
  await save(page, "alerts");
  expect((await config(server, "alerts.json")).globalThresholds).toEqual([
    { percent: 90, label: "Critical" },
    { percent: 40 },
  ]);
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the theme is one, wherever it is chosen", async ({ page }) => {
  await open(page, "/settings");
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.getByRole("button", { name: "Theme" })).toHaveAccessibleName("Theme: dark");
  await page.getByRole("button", { name: "Theme" }).click();
  await expect(page.getByRole("button", { name: "System", exact: true })).toHaveAttribute("aria-pressed", "true");
});

test.describe("notifications", () => {
  /** Puts a stand-in in the place of the browser's notifications, which keeps what it is told. */
  async function listen(page: Page, permission: "granted" | "denied" | "default", answer = permission) {
    await page.addInitScript(
      ([permission, answer]) => {
        const told: string[] = [];
        class Stub {
          static permission = permission;
          static requestPermission = async () => (Stub.permission = answer!);
          constructor(title: string) {
            told.push(title);
          }
        }
        Object.assign(window, { told, Notification: Stub });
      },
      [permission, answer],
    );
  }

  const told = (page: Page) => page.evaluate(() => (window as unknown as { told: string[] }).told);
  const settings = (page: Page) => card(page, "Browser notifications");

  test("a new alert is shown once, also after a reload", async ({ page, server }) => {
    await listen(page, "granted");
    await open(page, "/settings");
    await expect(settings(page)).toContainText("Granted");
    await expect.poll(() => told(page)).toEqual(["Global spend is at 85.0% of $10 budget (Warning)"]);
    await page.reload();
    await expect(banner(page)).toBeVisible();
    await spend(server, 9.5);
    await server.sync();
    await expect.poll(() => told(page), "and only what is new").toEqual([
      "Global spend is at 95.0% of $10 budget (Critical)",
    ]);
  });

  test("permission is asked on a click, never before", async ({ page }) => {
    await listen(page, "default", "granted");
    await open(page, "/settings");
    await expect(settings(page)).toContainText("Not asked yet");
    await page.getByRole("button", { name: "Enable notifications" }).click();
    await expect(toast(page)).toContainText("Notifications are on");
    await expect(settings(page)).toContainText("Granted");
  });

  test("what was refused says where to allow it", async ({ page }) => {
    await listen(page, "denied");
    await open(page, "/settings");
    await expect(settings(page)).toContainText("Denied: allow notifications");
    await expect(page.getByRole("button", { name: "Enable notifications" })).toBeHidden();
    expect(await told(page)).toEqual([]);
  });

  /** A push service of the browser's that gives this subscription, or refuses. */
  async function pushing(page: Page, refuses = "") {
    await page.addInitScript((refuses) => {
      const keys = { p256dh: "BLn9b-VR0ca83knDNZ32dCHGyjJp-1riX9ZTN40MqV8K_LpQmLqxC_DoHvqvFXO_nGdAB4W9dogZb_sM-uV4JbY", auth: "_ordMnz7uTCmrpBTeUV4Bw" };
      const endpoint = "https://push.test/canary";
      const made = { endpoint, toJSON: () => ({ endpoint, keys }), unsubscribe: async () => (sessionStorage.removeItem("push"), true) };
      const pushManager = {
        getSubscription: async () => (sessionStorage.getItem("push") ? made : null),
        subscribe: async (options: { applicationServerKey: string }) => {
          if (refuses) throw new Error(refuses);
          sessionStorage.setItem("push", options.applicationServerKey);
          return made;
        },
      };
      const shown: string[] = [];
      const worker = { pushManager, showNotification: async (title: string) => void shown.push(title) };
      const serviceWorker = { register: async () => worker, ready: Promise.resolve(worker), getRegistration: async () => worker };
      Object.assign(window, { shown });
      Object.defineProperty(navigator, "serviceWorker", { value: serviceWorker });
    }, refuses);
  }

  test("a browser subscribes on a click, stays so, and leaves", async ({ page, server }) => {
    await listen(page, "granted");
    await pushing(page);
    await open(page, "/settings");
    await expect(settings(page)).toContainText("Off: nothing is shown while no tab");
    await page.getByRole("button", { name: "Subscribe this browser" }).click();
    await expect(settings(page)).toContainText("On: this browser is told also while no tab");
    await expect(settings(page)).toContainText("Granted");
    expect((await page.evaluate(() => sessionStorage.getItem("push")))?.length, "a public key").toBe(87);
    await expectAccessible(page);
    await page.reload();
    await expect(settings(page)).toContainText("On: this browser is told");
    await expect.poll(() => page.evaluate(() => (window as unknown as { shown: string[] }).shown)).toEqual([]);
    await spend(server, 9.5);
    await server.sync();
    const shown = () => page.evaluate(() => (window as unknown as { shown: string[] }).shown);
    await expect.poll(shown, "by the worker, under the tag of what is pushed").toEqual([
      "Global spend is at 95.0% of $10 budget (Critical)",
    ]);
    await open(page, "/alerts");
    await expect(page.getByRole("row", { name: /^Browser / }).first()).toContainText("Web Push");
    await open(page, "/settings");
    await page.getByRole("button", { name: "Unsubscribe" }).click();
    await expect(settings(page)).toContainText("Off: nothing is shown");
  });

  test("a push service that refuses is told of, and denied is no button", async ({ page }) => {
    await listen(page, "granted");
    await pushing(page, "push service not available");
    await open(page, "/settings");
    await page.getByRole("button", { name: "Subscribe this browser" }).click();
    await expect(toast(page)).toContainText("push service not available");
    await expect(settings(page)).toContainText("Off: nothing is shown");
    const denied = await page.context().newPage();
    await listen(denied, "denied");
    await pushing(denied);
    await open(denied, "/settings");
    await expect(settings(denied)).toContainText("Not told without an open tab: notifications are denied.");
    await expect(denied.getByRole("button", { name: "Subscribe this browser" })).toBeHidden();
  });

  test("the worker is the browser's own, and runs under the page's policy", async ({ page, request }) => {
    const file = await request.get("/sw.js");
    expect(file.headers()["content-type"]).toContain("javascript");
    expect(file.headers()["content-security-policy"]).toContain("default-src 'none'");
    await open(page, "/settings");
    const state = await page.evaluate(async () => {
      await navigator.serviceWorker.register("/sw.js");
      return (await navigator.serviceWorker.ready).active?.scriptURL;
    });
    expect(state).toMatch(/\/sw\.js$/);
  });

  test("the browser's own word counts", async ({ page, context, server }) => {
    await context.grantPermissions(["notifications"], { origin: server.url });
    await open(page, "/settings");
    await expect(settings(page)).toContainText(/Granted|Denied/);
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 360, height: 740 } });

    test("the page is readable on a phone", async ({ page }) => {
      await open(page, "/settings");
      await page.getByRole("button", { name: "Add a budget" }).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await expectAccessible(page);
    });
  });
}
