// Where things are on the pages, as a person or a screen reader finds them.
import type { Page } from "@playwright/test";

/** A key figure of the overview: its name, number and note. */
export function figure(page: Page, name: string) {
  return page.getByRole("article").filter({ has: page.getByRole("heading", { name }) });
}

/** A card with this heading. */
export function card(page: Page, heading: string) {
  return page.locator("section").filter({ has: page.getByRole("heading", { name: heading, exact: true }) });
}

export function refreshButton(page: Page) {
  return page.getByRole("button", { name: "Refresh" });
}

/** How current the data is, in the header. */
export function syncStatus(page: Page) {
  const words = /^(Never synced|Syncing|Synced|Partly synced|Sync failed)/;
  return page.getByRole("main").getByRole("paragraph").filter({ hasText: words });
}

/** The toast, while there is one. */
export function toast(page: Page) {
  return page.getByRole("status").filter({ has: page.getByRole("button", { name: "Dismiss" }) });
}

/** The first chart of the page. */
export function chart(page: Page) {
  return page.getByRole("img", { name: / per day/ }).first();
}

/** The button of the first chart's legend that hides and shows a series. */
export function series(page: Page, name: string) {
  return page.getByRole("list", { name: "Series" }).first().getByRole("button", { name });
}

/** The menu of the first chart. */
export function chartMenu(page: Page) {
  return page.getByLabel("Save or zoom").first();
}

/** What the chart has drawn; two drawings that look the same are equal. */
export function drawing(page: Page) {
  return chart(page)
    .locator("canvas")
    .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
}

/** The chart's numbers as a table; has to be opened by a press on "Show as table". */
export function twin(page: Page) {
  return page.getByRole("region", { name: "The chart's numbers" }).first().getByRole("table");
}

export function twinSwitch(page: Page) {
  return page.getByText("Show as table").first();
}
