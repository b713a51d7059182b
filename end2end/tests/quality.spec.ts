// How the code is: from reports in folders to means that nothing unknown drags down, and projects, worst first.
import { utimes } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { card, chart, figure, twin, twinSwitch } from "../dashboard.ts";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";
import { lcov, projectFolder, writeProjects } from "../repositories.ts";
import type { Server } from "../server.ts";

const DAY_MS = 86_400_000;

/** One project that is well, one that is not and was measured long ago, and one without reports and source. */
async function writeThree(server: Server) {
  const total = { lines: { total: 100, covered: 90, skipped: 0, pct: 90 } };
  await writeProjects(server, {
    shop: { "src/app.ts": "export const all = 1;\n", "coverage/coverage-summary.json": JSON.stringify({ total }) },
    engine: { "src/lib.rs": "// TODO: all of it\n\n\n\n\n", "coverage/lcov.info": lcov("src/lib.rs", 2, 5) },
    notes: {},
  });
  const written = new Date(Date.now() - 18 * DAY_MS);
  await utimes(path.join(projectFolder(server, "engine"), "coverage/lcov.info"), written, written);
}

test.use({ prepare: ({}, use) => use(writeThree) });

test("means leave out what is not known, and say over how many they are", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/quality");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("2 of 3 projects have data; 1 has high tech debt.");
  await expect(figure(page, "Frontend coverage")).toContainText(/90 %\s*meets the target of 80 %; mean over 1 of 3 projects/);
  await expect(figure(page, "Backend coverage")).toContainText(/40 %\s*far below the target of 85 %; mean over 1 of 3 projects/);
  await expect(figure(page, "Lighthouse")).toContainText("no data");
  await expect(figure(page, "Open issues")).toContainText(/1\s*meets the target of 5 a project; mean 0\.5 over 2 of 3 projects/);
});

test("projects come worst first, with what is stale and the file it is from", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/quality");
  await expect(card(page, "Projects").getByRole("rowheader")).toHaveText(["Engine", "Shop"]);
  const engine = row(page, "Engine");
  await expect(engine).toContainText("85");
  await expect(engine.getByRole("cell", { name: "40 % 18 days old" })).toBeVisible();
  await expect(card(page, "Projects")).toContainText("Tech debt: High, because coverage is 40 %");
  await expect(card(page, "Projects")).toContainText("Stale: backend coverage is from coverage/lcov.info, 18 days old.");
  await expect(row(page, "Shop").getByRole("cell", { name: "90 %" })).toBeVisible();
  await expect(row(page, "Shop")).toContainText("no data");
  await expect(card(page, "No data yet")).toContainText("Neither a report nor source code was found in");
  await expect(card(page, "No data yet").getByRole("link")).toHaveText(["Notes"]);
  await expect(row(page, "Engine").getByRole("link", { name: "Engine" })).toHaveAttribute("href", "/projects/engine");
});

test("the trend is drawn, and its numbers are a table", async ({ page }) => {
  await open(page, "/quality");
  await expect(chart(page).locator("canvas")).toBeVisible();
  await twinSwitch(page).click();
  await expect(twin(page).getByRole("columnheader")).toHaveText(["Day", "Frontend coverage", "Backend coverage"]);
  await expect(twin(page).getByRole("row").last()).toContainText(/^\d{4}-\d\d-\d\d\s*90\s*40$/);
});

test("a report that appears is read by the next sync, and shown without a reload", async ({ page, server }) => {
  await open(page, "/quality");
  const expectKept = await keepDocument(page);
  await writeProjects(server, { news: { "src/lib.rs": "\n\n", "lcov.info": lcov("src/lib.rs", 2, 2) } });
  await server.sync();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("3 of 4 projects have data; 1 has high tech debt.");
  await expect(figure(page, "Backend coverage")).toContainText(/70 %\s*below the target of 85 %; mean over 2 of 4 projects/);
  await expectKept();
});

test("narrowed to a project, its numbers are no means", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/quality?project=shop");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Shop has low tech debt.");
  await expect(figure(page, "Frontend coverage")).toContainText(/90 %\s*meets the target of 80 %/);
  await expect(figure(page, "Backend coverage")).toContainText("no data");
  await expect(card(page, "Projects").getByRole("rowheader")).toHaveText(["Shop"]);
  await open(page, "/quality?project=notes");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Notes has no data yet.");
});

test.describe("before anything was measured", () => {
  test.use({ prepare: ({}, use) => use((server) => writeProjects(server, { notes: {}, papers: {} })) });

  test("it says which files are read", { tag: "@nojs" }, async ({ page }) => {
    await open(page, "/quality");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("No project has been measured yet.");
    const read = card(page, "Which reports are read");
    for (const name of ["lcov.info", "lighthouse*.json", "JUnit XML", "eslint*.json", "docs/quality.md", "The next sync"])
      await expect(read).toContainText(name);
    await expect(card(page, "No data yet")).toContainText("Notes");
  });
});

test.describe("without a project", () => {
  test.use({ prepare: ({}, use) => use(async () => {}) });

  test("it says where projects come from", { tag: "@nojs" }, async ({ page }) => {
    await open(page, "/quality");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing can be measured yet.");
    await expect(card(page, "No project is known yet")).toContainText("data/config/projects.json");
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 800, 1280]) {
    test.describe(`${colorScheme}, ${width} wide`, () => {
      test.use({ colorScheme, viewport: { width, height: 740 } });

      test("the page is readable", async ({ page }) => {
        await open(page, "/quality");
        await expect(row(page, "Engine")).toBeVisible();
        // What has no column there is in the words below.
        await expect(page.getByText("Open issues: 1", { exact: true })).toBeVisible({ visible: width < 1080 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await expectAccessible(page);
      });
    });
  }
}

/** The figures of a project. */
function row(page: Page, project: string) {
  return card(page, "Projects").getByRole("row").filter({ has: page.getByRole("rowheader", { name: project, exact: true }) });
}
