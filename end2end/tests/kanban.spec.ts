// A project is moved on the board: with the mouse, the keyboard, a plain form; and goes back when the server refuses.
import type { Page } from "@playwright/test";
import { card, toast } from "../dashboard.ts";
import { expect, expectAccessible, keepDocument, open, test } from "../fixtures.ts";
import { writeProjects } from "../repositories.ts";
import type { Server } from "../server.ts";

const SOURCE = { "src/lib.rs": "pub fn all() {}\n" };

test.use({ prepare: ({}, use) => use((server) => writeProjects(server, { blog: SOURCE, shop: SOURCE })) });

test("a card is dragged to another column, and stays there", async ({ page, server }) => {
  await open(page, "/kanban");
  const expectKept = await keepDocument(page);
  await expectBoard(page, { Active: ["Blog", "Shop"], Paused: [], Completed: [] });
  await expect(card(page, "Paused")).toContainText("No project is paused. Drop a card here.");
  await drag(page, "Shop", "Paused");
  await expectBoard(page, { Active: ["Blog"], Paused: ["Shop"], Completed: [] });
  await expect(toast(page)).toContainText("Shop moved to Paused");
  await drag(page, "Shop", "Paused");
  await drag(page, "Blog", "Completed");
  await expect(toast(page)).toContainText("Blog moved to Completed");
  await expectKept();
  expect(await statuses(server)).toEqual({ blog: "completed", shop: "paused" });
  await server.sync();
  await page.reload();
  await expectBoard(page, { Active: [], Paused: ["Shop"], Completed: ["Blog"] });
});

test("the keys move the card that has the focus, and the focus stays on it", async ({ page, server }) => {
  await open(page, "/kanban");
  const shop = name(page, "Shop");
  await shop.focus();
  await page.keyboard.press("Alt+ArrowRight");
  await expectBoard(page, { Active: ["Blog"], Paused: ["Shop"], Completed: [] });
  await expect(toast(page)).toContainText("Shop moved to Paused");
  await expect(shop).toBeFocused();
  await page.keyboard.press("Control+ArrowRight");
  await expect(toast(page)).toContainText("Shop moved to Completed");
  await expect(shop).toBeFocused();
  // Past the end there is nowhere to go; the browser's own meaning of the keys is none here.
  await page.keyboard.press("Alt+ArrowRight");
  await page.keyboard.press("Alt+ArrowLeft");
  await expectBoard(page, { Active: ["Blog"], Paused: ["Shop"], Completed: [] });
  await expect(toast(page)).toContainText("Shop moved to Paused");
  await expect(shop).toBeFocused();
  await expect(page).toHaveURL("/kanban");
  expect(await statuses(server)).toEqual({ blog: "active", shop: "paused" });
});

test("two moves in a row both count, in their order", async ({ page, server }) => {
  await open(page, "/kanban");
  await name(page, "Blog").focus();
  await page.keyboard.press("Alt+ArrowRight");
  await expect(name(page, "Blog")).toBeFocused();
  await page.keyboard.press("Alt+ArrowRight");
  await expectBoard(page, { Active: ["Shop"], Paused: [], Completed: ["Blog"] });
  await expect.poll(() => statuses(server)).toEqual({ blog: "completed", shop: "active" });
  await expectBoard(page, { Active: ["Shop"], Paused: [], Completed: ["Blog"] });
});

test("a button moves its card, and the focus goes with it", async ({ page }) => {
  await open(page, "/kanban");
  const expectKept = await keepDocument(page);
  const complete = page.getByRole("button", { name: "Move to Completed: Shop" });
  await complete.focus();
  await page.keyboard.press("Enter");
  await expectBoard(page, { Active: ["Blog"], Paused: [], Completed: ["Shop"] });
  await expect(name(page, "Shop")).toBeFocused();
  await expect(complete).toBeHidden();
  await page.getByRole("button", { name: "Move to Active: Shop" }).click();
  await expectBoard(page, { Active: ["Blog", "Shop"], Paused: [], Completed: [] });
  await expectKept();
});

test("what another tab or a script moves is seen at once", async ({ page, context, request }) => {
  const other = await context.newPage();
  await open(other, "/kanban");
  await open(page, "/kanban");
  await name(page, "Blog").focus();
  await page.keyboard.press("Alt+ArrowRight");
  await expectBoard(other, { Active: ["Shop"], Paused: ["Blog"], Completed: [] });
  const answer = await request.patch("/api/projects/status", { data: { id: "blog", status: "active" } });
  expect(await answer.json()).toEqual({ id: "blog", status: "active" });
  for (const tab of [page, other]) await expectBoard(tab, { Active: ["Blog", "Shop"], Paused: [], Completed: [] });
});

test.describe("a move that is refused", () => {
  test.use({ expected: /move_project|the server responded with a status of 500|net::ERR_FAILED/ });

  test("goes back, and says why", async ({ page, server }) => {
    await open(page, "/kanban");
    let answer = () => {};
    const asked = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/rpc/move_project", async (route) => {
      await asked;
      await route.fulfill({ status: 500, contentType: "application/json", body: '"Internal"' });
    });
    await name(page, "Shop").focus();
    await page.keyboard.press("Alt+ArrowRight");
    await expectBoard(page, { Active: ["Blog"], Paused: ["Shop"], Completed: [] });
    answer();
    await expectBoard(page, { Active: ["Blog", "Shop"], Paused: [], Completed: [] });
    await expect(toast(page)).toContainText("Shop was not moved Something went wrong on the server.");
    await expect(name(page, "Shop")).toBeFocused();
    expect(await statuses(server)).toEqual({ blog: "active", shop: "active" });
  });

  test("goes back when the server cannot be reached, and may be tried again", async ({ page }) => {
    await open(page, "/kanban");
    await page.route("**/rpc/move_project", (route) => route.abort());
    await drag(page, "Shop", "Completed");
    await expect(toast(page)).toContainText("Shop was not moved");
    await expectBoard(page, { Active: ["Blog", "Shop"], Paused: [], Completed: [] });
    await page.unroute("**/rpc/move_project");
    await drag(page, "Shop", "Completed");
    await expect(toast(page)).toContainText("Shop moved to Completed");
    await expectBoard(page, { Active: ["Blog"], Paused: [], Completed: ["Shop"] });
  });
});

test("it works as a form", { tag: "@nojs-only" }, async ({ page }) => {
  await open(page, "/kanban");
  await expect(page.getByText("Drop a card here").first(), "what needs script is not offered").toBeHidden();
  await page.getByRole("button", { name: "Move to Paused: Shop" }).click();
  await expect(page).toHaveURL("/kanban?moved=shop#card-shop");
  await expect(page.getByRole("status").filter({ hasText: "Shop is paused now." })).toBeVisible();
  await expectBoard(page, { Active: ["Blog"], Paused: ["Shop"], Completed: [] });
  await page.getByRole("button", { name: "Move to Active: Shop" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Shop is active now." })).toBeVisible();
  await expectBoard(page, { Active: ["Blog", "Shop"], Paused: [], Completed: [] });
});

test("narrowed to a project there is its card only", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/kanban?project=shop");
  await expectBoard(page, { Active: ["Shop"], Paused: [], Completed: [] });
});

test.describe("without a project", () => {
  test.use({ prepare: ({}, use) => use(async () => {}) });

  test("it says where projects come from", { tag: "@nojs" }, async ({ page }) => {
    await open(page, "/kanban");
    await expect(card(page, "No project is known yet")).toContainText("data/config/projects.json");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Kanban");
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 360, height: 740 } });

    test("the board is readable on a phone", async ({ page }) => {
      await open(page, "/kanban");
      await page.getByRole("button", { name: "Move to Paused: Shop" }).click();
      await expect(toast(page)).toContainText("Shop moved to Paused");
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await expectAccessible(page);
    });
  });
}

/** The name on a card, which is its only link. */
function name(page: Page, project: string) {
  return page.getByRole("main").getByRole("listitem").getByRole("link", { name: project, exact: true });
}

/** By its upper left corner: elsewhere there are the name and the buttons. */
async function drag(page: Page, project: string, column: string) {
  const item = page.getByRole("main").getByRole("listitem").filter({ has: page.getByRole("link", { name: project, exact: true }) });
  await item.dragTo(card(page, column), { sourcePosition: { x: 5, y: 5 } });
}

/** The names in each column, in their order, with the count beside its heading. */
async function expectBoard(page: Page, columns: Record<string, string[]>) {
  for (const [column, projects] of Object.entries(columns)) {
    await expect(card(page, column).getByRole("heading", { level: 3 }), column).toHaveText(projects);
    await expect(card(page, column).getByText(`${projects.length}`, { exact: true }), column).toBeVisible();
  }
}

/** Where the projects stand by what is published. */
async function statuses(server: Server) {
  const projects = (await (await fetch(`${server.url}/data/projects.json`)).json()) as { id: string; status: string }[];
  return Object.fromEntries(projects.map(({ id, status }) => [id, status]));
}
