// axe on every page, in every look, with all that opens open and everything wrong that can be.
import { chart, refreshButton, toast, twinSwitch } from "../dashboard.ts";
import { expect, expectAccessible, open, test } from "../fixtures.ts";
import { breakThings, writeMonth } from "../samples.ts";

const PAGES = ["/", "/projects", "/tokens", "/analytics", "/quality", "/kanban", "/alerts", "/orders", "/clients", "/sources", "/connect", "/machines", "/prices", "/settings", "/sync", "/nowhere"];
const LOOKS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { colorScheme: "light", viewport: { width: 360, height: 740 } },
} as const;

// The page that does not exist.
test.use({ expected: /404/, contextOptions: { reducedMotion: "reduce" } });

for (const [look, options] of Object.entries(LOOKS)) {
  test.describe(look, () => {
    test.use({
      ...options,
      prepare: ({}, use) => use((server) => writeMonth(server).then(() => breakThings(server))),
    });

    test("with numbers, something wrong, the tables open and a toast", async ({ page }) => {
      // Every page.
      test.slow();
      for (const path of PAGES) {
        await open(page, path);
        await refreshButton(page).click();
        await expect(toast(page)).toContainText("Partly synced");
        if (await twinSwitch(page).isVisible()) {
          await twinSwitch(page).click();
          await expect(chart(page).locator("canvas")).toBeVisible();
        }
        await expectAccessible(page);
      }
    });
  });

  test.describe(look, () => {
    test.use(options);

    test("without any usage, and with good news", async ({ page }) => {
      test.slow();
      for (const path of ["/", "/projects", "/tokens", "/analytics", "/quality", "/kanban", "/orders", "/clients", "/sources", "/connect", "/machines", "/prices", "/settings"]) {
        await open(page, path);
        await expectAccessible(page);
      }
      await refreshButton(page).click();
      await expect(toast(page)).toContainText("Sync complete");
      await expectAccessible(page);
    });
  });
}

test("what is drawn is described", async ({ page, server }) => {
  await server.writeClaude();
  await open(page, "/");
  await expect(chart(page)).toHaveAccessibleName(/^Spend per day by model, \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d$/);
  await open(page, "/tokens");
  await expect(chart(page)).toHaveAccessibleName(/^Tokens per day, /);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Tokens");
});
