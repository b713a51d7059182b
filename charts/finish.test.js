import assert from "node:assert/strict";
import test from "node:test";
import { finish, told } from "./finish.js";
import { resolve } from "./resolve.js";

const colour = (name) => ({ "--mute": "grey", "--panel": "white" })[name];
const option = (series, more = {}) => finish(resolve({ tooltip: { valueFormatter: "usd" }, series, ...more }, colour), 300);
const point = (seriesName, value, name) => ({ seriesName, value, axisValueLabel: "20 Nov", data: name === undefined ? value : { value, name } });

test("a tooltip names what a pile is made of, and what has no price", () => {
  const pile = option([{ name: "Opus", type: "bar", stack: "all" }, { name: "Haiku", type: "bar", stack: "all" }, { name: "No price", type: "bar", stack: "all" }]);
  assert.equal(told([point("Opus", 1.5), point("Haiku", 0), point("No price", 0.1, "odd")], pile), "20 Nov\nOpus  $1.50\nNo price  odd");
  assert.equal(told([point("Opus", 0), point("Haiku", 0), point("No price", null)], pile), "20 Nov\nOpus  $0.00");
});

test("a gap of all lines says so, another is left out", () => {
  const lines = option([{ name: "Backend", type: "line" }, { name: "SEO", type: "line" }], { tooltip: { valueFormatter: "percent" } });
  assert.equal(told([point("Backend", null), point("SEO", 90)], lines), "20 Nov\nSEO  90.00\u00a0%");
  assert.equal(told([point("Backend", null), point("SEO", null)], lines), "20 Nov\nno data");
});

test("a range is told once, in its own words", () => {
  const band = option([{ name: "80 % range", type: "line", stack: "range" }, { name: "80 % range", type: "line", stack: "range" }]);
  assert.equal(told([point("80 % range", 11, "$11 to $18"), point("80 % range", 7, "")], band), "20 Nov\n80 % range  $11 to $18");
  assert.equal(band.series[1].stackStrategy, "all");
});

test("a lying bar says its exact cost, and that there is more", () => {
  const lying = option([{ name: "Cost", type: "bar" }, { name: "No price", type: "bar" }], { yAxis: { type: "category", data: [] } });
  assert.equal(told([point("Cost", 12.345), point("No price", 0.4, "$12 +")], lying), "20 Nov\n$12.35 +");
  assert.equal(told([point("Cost", 12.345, "$12"), point("No price", null)], lying), "20 Nov\n$12.35");
  assert.ok(lying.yAxis.axisLabel.width < 150 && lying.yAxis.axisLabel.overflow === "truncate", "long names are cut on a phone");
});

test("an hour of the week is named by its row and column", () => {
  const axes = { xAxis: { type: "category", data: ["00", "01"] }, yAxis: { type: "category", data: ["Mon", "Tue"] } };
  const week = option([{ name: "Cost", type: "heatmap" }], axes);
  assert.equal(told({ seriesName: "Cost", value: [1, 0, 2.5], data: { value: [1, 0, 2.5], name: "$2.50" } }, week), "Mon, 01:00\nCost  $2.50");
});

test("on a phone the last date is whole, and amounts are few", () => {
  const of = (xAxis, width) => finish({ grid: [{ right: 4 }], xAxis }, width);
  assert.equal(of({ type: "category" }, 300).grid[0].right, 18);
  assert.equal(of({ type: "category" }, 900).grid[0].right, 4);
  assert.equal(of({ type: "value", splitNumber: 4 }, 300).xAxis.splitNumber, 2);
});

test("the wheel zooms with Ctrl only, so that the page scrolls", () => {
  assert.equal(option([], { dataZoom: [{ type: "inside" }] }).dataZoom[0].zoomOnMouseWheel, "ctrl");
});

test("stripes are of the named colour, on the panel", () => {
  const { itemStyle } = resolve({ itemStyle: { color: "hatch(--mute)" } }, colour);
  assert.deepEqual([itemStyle.color, itemStyle.borderColor, itemStyle.decal.color], ["white", "grey", "grey"]);
});
