// The numbers on the pages, to the cent, with and without JavaScript.
import { card, figure, syncStatus, twin, twinSwitch } from "../dashboard.ts";
import { expect, open, test } from "../fixtures.ts";

const SESSION = "5e551017-0000-4000-8000-000000000001";

// A hundred messages of $0.0498 are $4.98: rounding each of them to the cent would give $5.00.
test.use({
  prepare: ({}, use) =>
    use(async (server) => {
      await server.writeClaude({ session: SESSION }, 100);
      // Claude Code repeats its lines: one message, whatever it is copied.
      await server.writeClaude({ session: SESSION, messageId: "msg_twice", requestId: "req_twice" }, 2);
      await server.writeClaude({ cwd: "/home/dev/shop", model: "claude-haiku-5-5", session: "5e551017-2" }, 2);
    }),
});

// 101 messages of $0.0498; two of Haiku 5.5 at 1200 · 0.1 + 3000 · 0.125 + 500 · 0.2 + 40000 · 0.01 + 900 · 0.5 = $0.001445.
const OPUS = "$5.03";
const HAIKU = "<$0.01";
const TOTAL = "$5.03";

test("the overview", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("All clear: 1 source current.");
  await expect(figure(page, "Spend, 30 days")).toContainText(TOTAL);
  await expect(figure(page, "Burn rate")).toContainText("$0.17");
  await expect(figure(page, "Tokens")).toContainText("4.69 M");
  await expect(figure(page, "Tokens")).toContainText("89 % from cache 103 messages");
  await expect(figure(page, "Active models")).toContainText("2");
  await expect(card(page, "Top models").getByRole("row", { name: "Opus 5.5" })).toContainText(OPUS);
  await expect(card(page, "Top models").getByRole("row", { name: "Haiku 5.5" })).toContainText(HAIKU);
  await expect(card(page, "Top projects").getByRole("row", { name: "dashboard" })).toContainText("100 %");
  await expect(card(page, "Top projects").getByRole("row", { name: "shop" })).toContainText(HAIKU);
  await expect(syncStatus(page)).toContainText("Synced");
});

test("the tokens page", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/tokens");
  const spend = card(page, "Spend");
  await expect(spend).toContainText(`${TOTAL} estimated from tokens and prices.`);
  for (const [kind, count] of [
    ["Input", "123 k"],
    ["Cache writes, 5 min", "309 k"],
    ["Cache writes, 1 h", "51.5 k"],
    ["Cache reads", "4.12 M"],
    ["Output", "92.7 k"],
  ])
    await expect(spend.getByRole("term").filter({ hasText: kind }).locator("+ dd")).toHaveText(count);
  await expect(card(page, "Cost by model").getByRole("row", { name: "Opus 5.5" })).toContainText("4.60 M");
  const session = card(page, "Sessions").getByRole("row", { name: SESSION });
  await expect(session).toContainText("dashboard");
  await expect(session).toContainText(OPUS);
});

test("the table that says what the chart shows", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/");
  const today = twin(page).getByRole("row").nth(1);
  await twinSwitch(page).click();
  await expect(twin(page).getByRole("columnheader")).toHaveText(["Day", "Opus 5.5", "Haiku 5.5", "Total"]);
  await expect(twin(page).getByRole("row")).toHaveCount(31);
  await expect(today.getByRole("rowheader")).toHaveText(/^\d{4}-\d\d-\d\d$/);
  await expect(today.getByRole("cell")).toHaveText([OPUS, HAIKU, TOTAL]);
  await open(page, "/tokens");
  await twinSwitch(page).click();
  await expect(today.getByRole("cell")).toHaveText(["123600", "309000", "51500", "4120000", "92700", "4696800"]);
});

test("the published document has them exactly", async ({ request }) => {
  const month = (await (await request.get("/data/analytics.json")).json()).windows["30d"];
  expect(month.totalCost).toBe(5.03269);
  expect(month.byModel["claude-opus-5-5"].cost).toBe(5.0298);
  expect(month.tokens).toEqual({
    input: 123_600,
    cacheWrite5m: 309_000,
    cacheWrite1h: 51_500,
    cacheRead: 4_120_000,
    output: 92_700,
  });
});

test.describe("a model without a price", () => {
  test.use({
    prepare: ({}, use) =>
      use(async (server) => {
        await server.writeClaude();
        await server.writeClaude({ model: "claude-next-preview" });
      }),
  });

  test("is named, and the amounts are marked as lower bounds", { tag: "@nojs" }, async ({ page }) => {
    await open(page, "/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 thing needs you.");
    await expect(figure(page, "Spend, 30 days")).toContainText("$0.05 +");
    await expect(card(page, "Top models").getByRole("row", { name: "Next Preview" })).toContainText("no price");
    await page.getByRole("link", { name: "1 model has no price" }).click();
    await expect(page).toHaveURL(/\/prices$/);
    await expect(card(page, "Without a price")).toContainText("claude-next-preview");
    await open(page, "/tokens?window=30d");
    await expect(card(page, "Spend")).toContainText("Next Preview, which have no price yet");
  });
});
