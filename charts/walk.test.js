import assert from "node:assert/strict";
import test from "node:test";
import { grid, shown, spoken, step, zoomed } from "./walk.js";

const days = { xAxis: { type: "category", data: ["2026-11-19", "2026-11-20"] }, yAxis: { type: "value" } };
const bars = { xAxis: { type: "value" }, yAxis: { type: "category", data: ["Opus", "Opus"] } };
const week = { xAxis: { type: "category", data: ["00", "01"] }, yAxis: { type: "category", data: ["Mon", "Tue"] } };

test("arrows walk through the days, and stop at both ends", () => {
  const size = grid(days);
  const path = ["ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowRight", "Home", "End"];
  let at;
  const columns = path.map((key) => (at = step(key, at, size))[0]);
  assert.deepEqual(columns, [1, 0, 0, 1, 0, 1], "the first key enters at the latest day");
  assert.equal(step("Escape", at, size), null);
  for (const [key, from] of [["Escape", undefined], ["ArrowUp", at], ["Tab", at], ["a", at]])
    assert.equal(step(key, from, size), undefined, `${key} is not the chart's`);
});

test("a walk stays within what the zoom shows", () => {
  const sight = shown({ dataZoom: [{ startValue: 3, endValue: 5 }] });
  const size = { columns: 10, rows: 1 };
  assert.deepEqual(step("ArrowRight", undefined, size, sight), [5, 0]);
  assert.deepEqual(step("Home", [5, 0], size, sight), [3, 0]);
  assert.deepEqual(step("ArrowRight", [5, 0], size, sight), [5, 0]);
});

test("lying bars are walked through from the top, hours of the week in both directions", () => {
  assert.deepEqual(step("ArrowDown", undefined, grid(bars)), [0, 0]);
  for (const key of ["ArrowDown", "ArrowRight", "End"]) assert.deepEqual(step(key, [0, 0], grid(bars)), [0, 1]);
  assert.deepEqual(step("ArrowDown", [1, 0], grid(week)), [1, 1]);
  assert.deepEqual(step("ArrowLeft", [1, 1], grid(week)), [0, 1]);
});

test("a point is told in the words of the table", () => {
  const table = [["Day", "Opus", "Total"], ["2026-11-20", "$1.00", "$3.00 +"], ["2026-11-19", "no price", "$2.00"]];
  assert.equal(spoken(table, days, [0, 0]), "2026-11-19: Opus no price, Total $2.00");
  assert.equal(spoken([["Model", "Cost"], ["Opus", "$2"], ["Opus", "$1"]], bars, [0, 1]), "Opus: Cost $1", "the second of two");
  assert.equal(spoken([["Day", "00", "01"], ["Mon", "–", "$5"], ["Tue", "–", "$7"]], week, [1, 1]), "Tue, 01: $7");
  assert.equal(spoken([], days, [1, 0]), "2026-11-20", "without a table, the day at least");
});

test("zooming halves what is in sight, around its middle, and goes back", () => {
  assert.deepEqual(zoomed({ start: 0, end: 100 }, 1), { start: 25, end: 75 });
  assert.deepEqual(zoomed({ start: 0, end: 40 }, -1), { start: 0, end: 80 });
  assert.deepEqual(zoomed({ start: 60, end: 100 }, -1), { start: 20, end: 100 });
  assert.deepEqual(zoomed({ start: 60, end: 70 }, 0), { start: 0, end: 100 });
});
