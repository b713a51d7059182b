// Projects: the list, one of them in its tabs, and what the user decides about it.
import type { Page } from "@playwright/test";
import { card, chart, toast } from "../dashboard.ts";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";
import { makeRepository, writeRoots } from "../repositories.ts";
import type { Server } from "../server.ts";

const DAY_MS = 86_400_000;

const COVERAGE = JSON.stringify({ total: { lines: { total: 13, covered: 10, skipped: 0, pct: 76.92 } } });
const LIGHTHOUSE = JSON.stringify({
  lighthouseVersion: "12.0.0",
  fetchTime: new Date().toISOString(),
  categories: { performance: { id: "performance", score: 0.91 }, seo: { id: "seo", score: 0.8 } },
});
const JUNIT = '<testsuites><testsuite name="cart"><testcase classname="cart" name="adds"/></testsuite></testsuites>';

/** Two repositories, one of them measured and used, and a project of the earlier system without a folder. */
async function writeProjects(server: Server) {
  await writeRoots(server);
  const shop = await makeRepository(server, "shop", {
    merged: "cart",
    files: {
      "package.json": JSON.stringify({ name: "shop", description: "Sells things", dependencies: { react: "19" } }),
      "src/cart.ts": "// TODO: add the tax\nexport const cart = [];\n",
      "coverage/coverage-summary.json": COVERAGE,
      "lighthouse-report.json": LIGHTHOUSE,
      "junit.xml": JUNIT,
    },
  });
  await makeRepository(server, "api", { daysAgo: 20, files: { "Cargo.toml": '[package]\nname = "api"\n', "src/lib.rs": "" } });
  await server.writeData("projects.json", [{ id: "old", name: "Old", client: "Acme", status: "completed", startDate: "2026-01-02" }]);
  await server.writeClaude({ cwd: shop });
}

test.use({
  serverOptions: { args: ["serve", "--no-schedule"] },
  prepare: ({}, use) => use(writeProjects),
});

test.beforeEach(({ server }) => server.sync());

test("the list is grouped, sorted and searched", async ({ page }) => {
  await open(page, "/projects");
  const expectKept = await keepDocument(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("3 projects: 2 active, 1 completed");
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Active 2", "Completed 1"]);
  await expect(names(page)).toHaveText(["Shop", "Api", "Old"]);
  await page.getByRole("group", { name: "Sort by" }).getByRole("link", { name: "Name" }).click();
  await expect(page).toHaveURL("/projects?sort=name");
  await expect(names(page)).toHaveText(["Api", "Shop", "Old"]);
  const box = page.getByRole("searchbox", { name: "Search projects" });
  await box.pressSequentially("sells");
  await expect(names(page)).toHaveText(["Shop"]);
  await expect(page.getByText("1 of 3 match “sells”.")).toBeVisible();
  await expect(page).toHaveURL("/projects?sort=name&search=sells");
  await expect(box).toBeFocused();
  await expect(box).toHaveValue("sells");
  await box.fill("zzz");
  await expect(page.getByText("No project matches “zzz”.")).toBeVisible();
  await page.getByRole("link", { name: "Show all projects" }).click();
  await expect(names(page)).toHaveText(["Shop", "Api", "Old"]);
  await expect(box).toHaveValue("");
  await expectKept();
});

test("it is a form and links", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/projects?sort=name");
  await page.getByRole("searchbox", { name: "Search projects" }).fill("o");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/\/projects\?(sort=name&search=o|search=o&sort=name)$/);
  await expect(names(page)).toHaveText(["Shop", "Old"]);
  await names(page).first().click();
  await expect(page).toHaveURL("/projects/shop");
  await page.getByRole("navigation", { name: "Parts of the project" }).getByRole("link", { name: "Quality" }).click();
  await expect(card(page, "What is known").getByRole("row", { name: /Frontend coverage/ })).toContainText("76.92 %");
});

test("narrowed to a project it shows that one, and leads to all", async ({ page }) => {
  await open(page, "/projects?project=api");
  await expect(names(page)).toHaveText(["Api"]);
  await expect(page.getByText("Only Api is shown.")).toBeVisible();
  await page.getByRole("link", { name: "Show all projects" }).click();
  await expect(names(page)).toHaveText(["Shop", "Api", "Old"]);
});

test("a card says how a project is", async ({ page }) => {
  await open(page, "/projects");
  const shop = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Shop" }) });
  await expect(shop).toContainText(/shop: \$0\.05 this week, \d commits/);
  await expect(shop).toContainText("Sells things");
  await expect(shop.getByRole("list", { name: "Stack" })).toContainText("React");
  await expect(shop).toContainText(/Health: \d+/);
  const old = page.getByRole("listitem").filter({ has: page.getByRole("heading", { name: "Old" }) });
  await expect(old).toContainText("no data");
});

test.describe("what the user decides", () => {
  test("survives a sync and a reload", async ({ page, server }) => {
    await open(page, "/projects/shop");
    const expectKept = await keepDocument(page);
    await editSwitch(page).click();
    await field(page, "Name").fill("The shop");
    await field(page, "Client").fill("Acme");
    await field(page, "Progress").fill("40");
    await field(page, "Deadline").fill(dayFromNow(-3));
    await field(page, "Tasks").fill("10");
    await field(page, "Tasks done").fill("4");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(toast(page)).toContainText("Saved The shop");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The shop");
    await expect(page.getByText(`Deadline ${dayFromNow(-3)}, 3 days overdue`, { exact: true })).toBeVisible();
    await expect(field(page, "Client")).toBeHidden();
    await expect(page.locator("#content")).toBeFocused();
    await expectKept();
    await server.sync();
    await open(page, "/projects/shop");
    await expect(page.getByText("Active · Acme")).toBeVisible();
    await editSwitch(page).click();
    await field(page, "Status").selectOption("Paused");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Paused · Acme")).toBeVisible();
    await open(page, "/projects");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("3 projects: 1 active, 1 paused, 1 completed");
    await expect(page.getByText("40 % done", { exact: true })).toBeVisible();
    await expect(page.getByText("4 of 10", { exact: true })).toBeVisible();
  });

  test.describe("and cannot be meant", () => {
    test.use({ expected: /400/ });

    test("is refused with the reason, and what was typed stays", async ({ page, server }) => {
      await open(page, "/projects/shop");
      await editSwitch(page).click();
      await field(page, "Name").fill("The shop");
      await field(page, "Tasks").fill("4");
      await field(page, "Tasks done").fill("5");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByRole("alert")).toHaveText("5 of 4 tasks are done; choose at most all.");
      await expect(field(page, "Tasks done")).toHaveAttribute("aria-invalid", "true");
      await server.writeClaude({ cwd: `${server.home}/code/shop` });
      await server.sync();
      await expect(page.getByText("shop: $0.10 this week")).toBeVisible();
      await expect(field(page, "Name")).toHaveValue("The shop");
      await expectAccessible(page);
      await field(page, "Tasks done").fill("4");
      await page.getByRole("button", { name: "Save" }).click();
      await expect(toast(page)).toContainText("Saved The shop");
    });
  });

  test("works as a form", { tag: "@nojs-only" }, async ({ page }) => {
    await open(page, "/projects/shop");
    await editSwitch(page).click();
    await field(page, "Name").fill("R&D shop");
    await field(page, "Tasks done").fill("1");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("alert")).toHaveText("1 of 0 tasks are done; choose at most all.");
    await expect(field(page, "Name")).toHaveValue("R&D shop");
    await field(page, "Tasks").fill("2");
    await field(page, "Status").selectOption("Completed");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page).toHaveURL("/projects/shop?saved=1");
    await expect(page.getByText("What you decided about it is saved.")).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("R&D shop");
    await expect(page.getByText("Completed · Internal")).toBeVisible();
  });
});

test.describe("a project that is not there", () => {
  test.use({ expected: /404/ });

  test("is a 404 with a way on", { tag: "@nojs" }, async ({ page }) => {
    const answer = await page.goto("/projects/nowhere");
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is no project at this address");
    await page.getByRole("link", { name: "See all projects" }).click();
    await expect(names(page)).toHaveText(["Shop", "Api", "Old"]);
  });
});

test("tabs are links, and each part has its own", async ({ page }) => {
  await open(page, "/projects/shop");
  const expectKept = await keepDocument(page);
  await expect(page).toHaveTitle("Shop · Allclear");
  const tabs = page.getByRole("navigation", { name: "Parts of the project" });
  await expect(tabs.getByRole("link", { name: "Overview" })).toHaveAttribute("aria-current", "page");
  await expect(card(page, "What the folder says")).toContainText("Merge branch 'cart' by Ada");
  await expect(card(page, "What the folder says")).toContainText("from package.json");
  await tabs.getByRole("link", { name: "Spend" }).click();
  await expect(page).toHaveURL("/projects/shop?tab=spend");
  await expect(chart(page)).toHaveAccessibleName(/^Spend per day by model/);
  await expect(chart(page).locator("canvas")).toBeVisible();
  await expect(card(page, "Spend")).toContainText("Not yet committed");
  await expect(page.getByRole("row", { name: /^cart/ })).toContainText("1 commit");
  await page.getByRole("link", { name: "7 days" }).click();
  await expect(page).toHaveURL("/projects/shop?tab=spend&window=7d");
  await tabs.getByRole("link", { name: "Timeline" }).click();
  await expect(page).toHaveURL("/projects/shop?window=7d&tab=timeline");
  await expect(card(page, "Timeline")).toContainText("Merged cart");
  await expect(card(page, "Timeline")).toContainText("no deadline");
  await page.goBack();
  await expect(tabs.getByRole("link", { name: "Spend" })).toHaveAttribute("aria-current", "page");
  await expectKept();
});

test("every number of the quality names its file", async ({ page }) => {
  await open(page, "/projects/shop?tab=quality");
  const rows = card(page, "What is known").getByRole("row").filter({ has: page.getByRole("rowheader") });
  await expect(rows).toHaveCount(9);
  for (const [name, value, file] of [
    ["Frontend coverage", "76.92 %", "coverage/coverage-summary.json"],
    ["Lighthouse", "performance 91", "lighthouse-report.json"],
    ["Open issues", "1", "src/cart.ts"],
    ["Test results", "1 passed", "junit.xml"],
  ]) {
    const row = rows.filter({ has: page.getByRole("rowheader", { name, exact: true }) });
    await expect(row.getByRole("cell").first()).toContainText(value);
    await expect(row.getByRole("cell").last()).toContainText(file);
  }
  const unknown = rows.filter({ has: page.getByRole("rowheader", { name: "Backend coverage" }) });
  await expect(unknown).toContainText("no data");
  await expect(unknown).toContainText("Looked for: lcov.info");
  await expect(chart(page)).toHaveAccessibleName(/^Coverage and Lighthouse per day in percent/);
  await open(page, "/projects/old?tab=quality");
  await expect(card(page, "Nothing is known of the code yet")).toContainText("coverage-summary.json");
});

for (const [look, options] of Object.entries({
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { colorScheme: "light", viewport: { width: 360, height: 740 } },
} as const)) {
  test.describe(look, () => {
    test.use({ ...options, contextOptions: { reducedMotion: "reduce" } });

    test("every part is readable", async ({ page }) => {
      // Of three projects.
      test.slow();
      for (const path of ["/projects", "/projects?search=zzz", "/projects/shop", "/projects/old"]) {
        await open(page, path);
        if (await editSwitch(page).isVisible()) await editSwitch(page).click();
        await expectReadable(page);
      }
      for (const tab of ["spend", "quality", "timeline"]) {
        for (const project of ["shop", "api", "old"]) {
          await open(page, `/projects/${project}?tab=${tab}`);
          await expectReadable(page);
        }
      }
    });
  });
}

test.describe("without a project", () => {
  test.use({ prepare: ({}, use) => use(writeRoots) });

  test("it says where it looked, and what to do", async ({ page, server }) => {
    await open(page, "/projects");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("No projects yet");
    await expect(page.getByText(`${server.home}/code`)).toBeVisible();
    await expect(page.getByText('{"roots": ["/home/me/code"]}')).toBeVisible();
    await expectAccessible(page);
  });
});

/** The names of the projects in the list, as links. */
function names(page: Page) {
  return page.getByRole("heading", { level: 3 }).getByRole("link");
}

function editSwitch(page: Page) {
  return page.getByText("Edit", { exact: true });
}

function field(page: Page, label: string) {
  return page.getByLabel(label, { exact: true });
}

function dayFromNow(days: number) {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

/** Nothing axe finds, and nothing to be moved sideways. */
async function expectReadable(page: Page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, page.url()).toBeLessThanOrEqual(0);
  await expectAccessible(page);
}
