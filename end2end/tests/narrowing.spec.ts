// The project selector: one choice that every page follows, in the address and remembered.
import type { Page } from "@playwright/test";
import { card, figure } from "../dashboard.ts";
import { expect, keepDocument, open, test } from "../fixtures.ts";
import { makeRepository, writeRoots } from "../repositories.ts";
import type { Server } from "../server.ts";

/** Two projects with usage, one of them with a name that means something in an address, and usage of no project. */
async function writeTwo(server: Server) {
  await writeRoots(server);
  await server.writeClaude({ cwd: await makeRepository(server, "shop"), output: 1000 });
  await server.writeClaude({ cwd: await makeRepository(server, "r&d #2"), output: 2000 });
  await server.writeClaude({ cwd: "/nowhere/else", output: 4000 });
}

test.use({ prepare: ({}, use) => use(writeTwo) });

test("what is chosen narrows every page, stays on the next one and after a reload", async ({ page }) => {
  await open(page, "/?window=7d");
  const spend = figure(page, "Spend, 7 days");
  const all = await spend.innerText();
  const expectKept = await keepDocument(page);
  await selector(page).selectOption({ label: "Shop" });
  await expect(page).toHaveURL("/?window=7d&project=shop");
  await expect(spend).not.toHaveText(all);
  await expect(page.getByRole("link", { name: /^shop: \$/ })).toHaveAttribute("href", "/projects/shop");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Tokens" }).click();
  await expect(selector(page)).toHaveValue("shop");
  await expect(card(page, "Cost by project").getByRole("rowheader")).toHaveText(["Shop"]);
  await expectKept();
  await open(page, "/tokens");
  await expect(card(page, "Cost by project").getByRole("rowheader")).toHaveText(["Shop"]);
  await selector(page).selectOption("All projects");
  await expect(card(page, "Cost by project").getByRole("rowheader")).toHaveCount(3);
  await open(page, "/tokens");
  await expect(card(page, "Cost by project").getByRole("rowheader")).toHaveCount(3);
});

test("a link says which project, whatever was chosen before", async ({ page }) => {
  await open(page, "/tokens?project=r%26d+%232");
  await expect(selector(page)).toHaveValue("r&d #2");
  await expect(card(page, "Cost by project").getByRole("rowheader")).toHaveText(["R&d #2"]);
  await page.getByRole("group", { name: "Window" }).getByRole("link", { name: "7 days" }).click();
  await expect(page).toHaveURL("/tokens?project=r%26d%20%232&window=7d");
  await open(page, "/tokens");
  await expect(selector(page), "remembered").toHaveValue("r&d #2");
  await open(page, "/tokens?project=gone");
  await expect(selector(page), "there is no such project").toHaveValue("");
  await expect(card(page, "Cost by project").getByRole("rowheader")).toHaveCount(3);
});

test("on a project's page it leads to another one's", async ({ page }) => {
  await open(page, "/projects/shop");
  await expect(selector(page)).toHaveValue("shop");
  await selector(page).selectOption("r&d #2");
  await expect(page).toHaveURL("/projects/r%26d%20%232");
  await expect(selector(page)).toHaveValue("r&d #2");
  await selector(page).selectOption("All projects");
  await expect(page).toHaveURL("/projects");
});

test("it is not there where nothing belongs to a project", async ({ page }) => {
  for (const path of ["/sources", "/prices", "/sync"]) {
    await open(page, path);
    await expect(selector(page), path).toHaveCount(0);
  }
});

test("without JavaScript it is a form", { tag: "@nojs-only" }, async ({ page }) => {
  await open(page, "/tokens?window=7d");
  await selector(page).selectOption("shop");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL("/tokens?window=7d&project=shop");
  await expect(card(page, "Cost by project").getByRole("rowheader")).toHaveText(["Shop"]);
  await open(page, "/tokens");
  await expect(selector(page), "remembered").toHaveValue("shop");
});

function selector(page: Page) {
  return page.getByRole("combobox", { name: "Project" });
}
