// The pages show what AI costs in the currency one chooses, all of it by one rate; nothing else changes with it.
import { readFile } from "node:fs/promises";
import { createServer, type Server as Http } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Page } from "@playwright/test";
import { card, figure, toast, twin, twinSwitch } from "../dashboard.ts";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";
import type { Server } from "../server.ts";

const today = () => new Date().toISOString().slice(0, 10);

async function spend(server: Server) {
  const entry = { date: today(), project: "shop", model: "claude-opus-5-5", tokensIn: 1, tokensOut: 1, cost: 80 };
  await server.writeData("config/budget.json", { monthly: 200 });
  await server.writeData("tokens.json", { entries: [entry] });
}

const currency = async (server: Server) =>
  JSON.parse(await readFile(path.join(server.dataDir, "config", "currency.json"), "utf8"));

const form = (page: Page) => card(page, "Currency");
const chosen = (page: Page) => page.getByLabel("Display currency", { exact: true });
const rate = (page: Page, row: number) => page.getByRole("group", { name: `Rate ${row}` });
const save = (page: Page) => page.getByRole("button", { name: "Save currency" }).click();

async function type(page: Page, row: number, from: string, usd: string) {
  await rate(page, row).getByLabel("From", { exact: true }).fill(from);
  await rate(page, row).getByLabel("One US dollar is", { exact: true }).fill(usd);
}

test.use({ prepare: ({}, use) => use((server) => spend(server)) });

test("every page shows the chosen currency, and dollars again when one goes back", async ({ page, server }) => {
  await open(page, "/settings");
  const expectKept = await keepDocument(page);
  await chosen(page).selectOption("EUR");
  await page.getByRole("button", { name: "Add a rate" }).click();
  await type(page, 1, "2026-01-01", "0.9");
  await expect(form(page)).toContainText("Unsaved changes");
  await save(page);
  await expect(toast(page)).toContainText("Saved");
  expect(await currency(server)).toEqual({ currency: "EUR", rates: [{ from: "2026-01-01", perUsd: "0.9" }] });
  await expectAccessible(page);

  await page.getByRole("link", { name: "Overview", exact: true }).click();
  await expect(figure(page, "Spend, 30 days")).toContainText("€72.00");
  await expect(page.getByText("Shown in EUR at 0.9 for a US dollar, the rate of 1 Jan 2026.")).toBeVisible();
  await expect(page.getByText(/€72 of €180/)).toBeVisible();
  await twinSwitch(page).click();
  await expect(twin(page)).toContainText("€72.00");
  await expect(page.getByRole("main")).not.toContainText("$");
  await expectAccessible(page);
  await expectKept();
  await open(page, "/settings");
  await expect(rate(page, 1).getByLabel("In", { exact: true })).toHaveValue("EUR");
  await chosen(page).selectOption("USD");
  await save(page);
  await expect(toast(page)).toContainText("Saved");
  await open(page, "/");
  await expect(figure(page, "Spend, 30 days")).toContainText("$80.00");
  await expect(page.getByText("Shown in")).toBeHidden();
});

test("sums, sentences and questions are shown in it too", async ({ page, server }) => {
  await server.writeData("config/currency.json", { currency: "EUR", rates: [{ from: "2026-01-01", perUsd: "0.9" }] });
  await server.sync();
  await open(page, "/tokens");
  await expect(card(page, "Spend")).toContainText("€72.00");
  await open(page, "/projects");
  await expect(page.getByRole("main")).not.toContainText("$");
  await open(page, "/analytics");
  await expect(page.getByRole("paragraph").filter({ hasText: "40 % of €180 this month" })).toBeVisible();
  await page.getByLabel("Plan, US dollars a month").fill("200");
  await expect(card(page, "Would a plan pay?")).toContainText(/€\d+\.\d\d for the plan against €72\.00/);
  await expect(page.getByText("Shown in EUR at 0.9 for a US dollar")).toBeVisible();
});

test("what is no rate is said at its field", async ({ page, server }) => {
  await open(page, "/settings");
  await chosen(page).selectOption("CHF");
  await save(page);
  await expect(chosen(page)).toHaveAccessibleDescription("Add what one US dollar is in CHF, or get today's rate below.");
  await expect(chosen(page)).toBeFocused();
  await page.getByRole("button", { name: "Add a rate" }).click();
  await type(page, 1, "2026-01-01", "-1");
  await expect(rate(page, 1).getByLabel("One US dollar is", { exact: true })).toHaveAccessibleDescription(/^A rate is more than 0/);
  await type(page, 1, "2026-01-01", "0.8");
  await page.getByRole("button", { name: "Add a rate" }).click();
  await type(page, 2, "2026-01-01", "0.81");
  await expect(rate(page, 2).getByLabel("From", { exact: true })).toHaveAccessibleDescription("Another rate has this day; remove one.");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Remove rate 2" }).click();
  await expect(page.getByRole("button", { name: "Add a rate" })).toBeFocused();
  await save(page);
  await expect(toast(page)).toContainText("Saved");
  expect((await currency(server)).rates).toEqual([{ from: "2026-01-01", perUsd: "0.8" }]);
});

test.describe("with a list of rates", () => {
  let bank: Http;
  let answer = "";

  test.beforeEach(async () => {
    answer = '<E><Cube><Cube time="2026-11-20"><Cube currency="USD" rate="1.25"/><Cube currency="JPY" rate="187.5"/></Cube></Cube></E>';
    bank = createServer((_, response) => response.end(answer));
    await new Promise<void>((ready) => bank.listen(0, "127.0.0.1", ready));
  });
  test.afterEach(() => {
    bank.close();
  });

  test.use({ expected: /400/ });

  /** The dashboard asks this bank instead of the usual one. */
  async function ask(server: Server) {
    await server.writeData("config/currency.json", { source: `http://127.0.0.1:${(bank.address() as AddressInfo).port}/daily.xml` });
    await server.sync();
  }

  const get = (page: Page) => page.getByRole("button", { name: "Get today's rate" });

  test("the rate of the day is typed in, and saved by who asked", async ({ page, server }) => {
    await ask(server);
    await open(page, "/settings");
    await chosen(page).selectOption("EUR");
    await get(page).click();
    await expect(form(page)).toContainText("0.8 EUR for a US dollar on 2026-11-20 was added: save it.");
    await expect(rate(page, 1).getByLabel("One US dollar is", { exact: true })).toHaveValue("0.8");
    await expect(get(page)).toBeFocused();
    await rate(page, 1).getByLabel("One US dollar is", { exact: true }).fill("0.79");
    await get(page).click();
    await expect(form(page)).toContainText("2026-11-20 has the rate 0.79 already, and it stays; the list says 0.8 EUR.");
    await save(page);
    await expect(toast(page)).toContainText("Saved");
    expect((await currency(server)).rates).toEqual([{ from: "2026-11-20", perUsd: "0.79" }]);
  });

  test("a list that is none leaves everything as it is", async ({ page, server }) => {
    answer = "<html><body>Down for maintenance</body></html>";
    await ask(server);
    await open(page, "/settings");
    await chosen(page).selectOption("EUR");
    await get(page).click();
    await expect(form(page)).toContainText("it holds no rates");
    await expect(rate(page, 1)).toBeHidden();
    expect((await currency(server)).rates).toBeUndefined();
  });
});

test("it works as forms", { tag: "@nojs-only" }, async ({ page, server }) => {
  await open(page, "/settings");
  await chosen(page).selectOption("EUR");
  await page.getByRole("button", { name: "Add a rate" }).click();
  await type(page, 1, "2026-01-01", "0.9");
  await save(page);
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
  expect(await currency(server)).toEqual({ currency: "EUR", rates: [{ from: "2026-01-01", perUsd: "0.9" }] });
  await open(page, "/");
  await expect(figure(page, "Spend, 30 days")).toContainText("€72.00");
});
