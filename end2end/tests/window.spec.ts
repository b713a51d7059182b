// 7, 30 or 90 days: in the address, so that it can be shared, reloaded and gone back from.
import { chart, drawing, figure, twin, twinSwitch } from "../dashboard.ts";
import { expect, keepDocument, open, test } from "../fixtures.ts";

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

// A dollar's worth of input is 250,000 tokens of Opus 5.5: $1 today, $2 three weeks ago, $4 fifty days ago.
test.use({
  prepare: ({}, use) =>
    use(async (server) => {
      for (const [days, dollars] of [[0, 1], [20, 2], [50, 4]]) {
        const used = { input: 250_000 * dollars, output: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
        await server.writeClaude({ ...used, timestamp: daysAgo(days) });
      }
    }),
});

for (const path of ["/", "/tokens"]) {
  test(`the switch on ${path}`, async ({ page }) => {
    await open(page, path);
    const expectKept = await keepDocument(page);
    const choice = (days: number) => page.getByRole("group", { name: "Window" }).getByRole("link", { name: `${days} days` });
    const expectChosen = async (days: number, spend: string) => {
      await expect(page.getByText(spend, { exact: true }).first()).toBeVisible();
      for (const each of [7, 30, 90]) {
        if (each === days) await expect(choice(each)).toHaveAttribute("aria-current", "true");
        else await expect(choice(each)).not.toHaveAttribute("aria-current");
      }
    };
    await expectChosen(30, "$3.00");
    await choice(7).click();
    await expect(page).toHaveURL(`${path}?window=7d`);
    await expectChosen(7, "$1.00");
    await choice(90).click();
    await expect(page).toHaveURL(`${path}?window=90d`);
    await expectChosen(90, "$7.00");
    await page.goBack();
    await expect(page).toHaveURL(`${path}?window=7d`);
    await expectChosen(7, "$1.00");
    await page.goBack();
    await expect(page).toHaveURL(path);
    await expectChosen(30, "$3.00");
    await page.goForward();
    await expectChosen(7, "$1.00");
    await expectKept();
  });
}

test("an address names its window", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/?window=90d");
  await expect(figure(page, "Spend, 90 days")).toContainText("$7.00");
  await open(page, "/?window=1000d");
  await expect(figure(page, "Spend, 30 days"), "what is no window is the usual one").toContainText("$3.00");
});

test("the figures are those of the window, and of the same time before", async ({ page }) => {
  await open(page, "/");
  await expect(figure(page, "Spend, 30 days")).toContainText("$1.00 less than in the 30 days before");
  await expect(figure(page, "Burn rate")).toContainText("$0.10");
  await expect(page.getByText("−25 % against $4.00 in the 30 days before")).toBeVisible();
  await page.getByRole("link", { name: "7 days" }).click();
  await expect(figure(page, "Burn rate")).toContainText("$0.14");
  await expect(figure(page, "Spend, 7 days")).toContainText("nothing in the 7 days before");
});

test("the chart and its table show the window", async ({ page }) => {
  await open(page, "/");
  await twinSwitch(page).click();
  await expect(twin(page).getByRole("row")).toHaveCount(31);
  const month = await drawing(page);
  await page.getByRole("link", { name: "90 days" }).click();
  await expect(twin(page).getByRole("row"), "the table stays open").toHaveCount(91);
  await expect.poll(() => drawing(page)).not.toBe(month);
  await expect(chart(page).locator("canvas")).toHaveCount(1);
  const label = `${daysAgo(89).toISOString().slice(0, 10)} to ${daysAgo(0).toISOString().slice(0, 10)}`;
  await expect(chart(page)).toHaveAccessibleName(`Spend per day by model, ${label}`);
});
