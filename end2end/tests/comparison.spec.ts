// What logs estimate, providers report and bills charge, side by side, with the reason of every gap.
import type { Locator } from "@playwright/test";
import { card } from "../dashboard.ts";
import { expect, expectAccessible, open, test } from "../fixtures.ts";
import { Providers } from "../providers.ts";

const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();
const DAY = YESTERDAY.slice(0, 10);

test.use({
  serverOptions: async ({}, use) => {
    const providers = await Providers.start();
    // A day of Anthropic: 1,000,000 in at $4 and 100,000 out at $20. Of OpenAI: 500,000 at $0.75, 50,000 at $4.50.
    providers.times = 1000;
    const cents = { currency: "USD", workspace_id: "wrkspc_1", description: "Usage" };
    providers.bills = {
      anthropic: [
        { ...cents, amount: "600", cost_type: "tokens", token_type: "output_tokens", model: "claude-opus-5-5" },
        { ...cents, amount: "50", cost_type: "web_search", token_type: null, model: null },
      ],
      openai: [
        { amount: { value: 0.3, currency: "usd" }, line_item: "gpt-5.4-mini, input", project_id: "proj_1" },
        { amount: { value: 0.4, currency: "usd" }, line_item: "image models", project_id: "proj_1" },
      ],
    };
    providers.images = 12;
    await use({ env: providers.env });
    await providers.stop();
  },
  // Half of what Anthropic reports of the day.
  prepare: ({}, use) =>
    use((server) =>
      server.writeClaude({
        model: "claude-opus-5-5",
        timestamp: new Date(`${DAY}T12:00:00Z`),
        input: 500_000,
        output: 50_000,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        cacheRead: 0,
      }),
    ),
});

test("every day tells the three apart and names the gap", { tag: "@nojs" }, async ({ page, javaScriptEnabled }) => {
  await open(page, "/tokens");
  const anthropic = card(page, "Estimate, usage and bill: Anthropic API");
  await expect(anthropic.getByRole("columnheader")).toHaveText(["Day (UTC)", "Logs", "Usage", "Billed", "Difference"]);
  expect(await amounts(anthropic)).toEqual(["$3.00", "$6.00", "$6.50", "+$0.50"]);
  await expect(day(anthropic).getByRole("rowheader")).toHaveText(`${DAY}$0.50 for web search`);

  const openai = card(page, "Estimate, usage and bill: OpenAI API");
  expect(await amounts(openai)).toEqual(["–", "$0.60", "$0.70", "+$0.10"]);
  await expect(day(openai).getByRole("rowheader")).toContainText("beside tokens: 12 images; $0.40 for image models; ");
  await expect(day(openai).getByRole("rowheader")).toContainText("billed less than list prices: a discount");

  // The table is one that can be reached and moved without a mouse.
  await expect(anthropic.getByRole("region", { name: "Estimate, usage and bill: Anthropic API" })).toHaveAttribute(
    "tabindex",
    "0",
  );
  if (javaScriptEnabled !== false) await expectAccessible(page);
});

test("what counts once is the bill of a finished day", async ({ page }) => {
  await open(page, "/tokens?window=7d");
  const anthropic = card(page, "Estimate, usage and bill: Anthropic API");
  await expect(anthropic.getByRole("row")).toHaveCount(1 + 7 + 1);
  const total = anthropic.getByRole("row", { name: "7 days" });
  await expect(total.getByRole("cell")).toHaveText(["$3.00", "$42.00", "$45.50", "+$3.50"]);
});

/** The row of yesterday: a finished day. */
function day(table: Locator) {
  return table.getByRole("row").filter({ has: table.page().getByRole("rowheader", { name: DAY }) });
}

function amounts(table: Locator) {
  return day(table).getByRole("cell").allTextContents();
}
