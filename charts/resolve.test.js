import assert from "node:assert/strict";
import test from "node:test";
import { resolve } from "./resolve.js";

function check(mark, value, expected, key = "formatter") {
  const option = resolve({ yAxis: [{ axisLabel: { [key]: mark } }] }, () => undefined);
  assert.equal(option.yAxis[0].axisLabel[key](value), expected);
}

test("an axis shows money short", () => {
  for (const [value, text] of [[0, "$0"], [0.05, "$0.05"], [2.5, "$2.50"], [40, "$40"], [999.6, "$1,000"], [1200, "$1.2k"], [2e6, "$2M"], [-40, "-$40"]])
    check("usd", value, text);
});

test("money of other currencies has their sign and their digits", () => {
  for (const [value, text] of [[0, "€0"], [0.05, "€0.05"], [1200, "€1.2k"], [-40, "-€40"]]) check("money:2:€", value, text);
  check("money:2:€", 1234.5, "€1,234.50", "valueFormatter");
  check("money:2:€", 0.001, "<€0.01", "valueFormatter");
  check("money:0:¥", 0.2, "<¥1", "valueFormatter");
  check("money:0:¥", 1500, "¥1,500", "valueFormatter");
  check("money:3:KWD\u00a0", -1.5, "-KWD\u00a01.500", "valueFormatter");
  check("money:2:€", null, "no price", "valueFormatter");
});

test("an axis shows tokens short", () => {
  for (const [value, text] of [[0, "0"], [950, "950"], [1200, "1.2\u00a0k"], [1234567, "1.2\u00a0M"], [3e9, "3\u00a0B"]])
    check("tokens", value, text);
});

test("an axis shows percent, and a tooltip says when there is no data", () => {
  for (const [value, text] of [[0, "0\u00a0%"], [80, "80\u00a0%"], [76.92, "76.9\u00a0%"]]) check("percent", value, text);
  check("percent", 76.92, "76.92\u00a0%", "valueFormatter");
  check("percent", null, "no data", "valueFormatter");
});

test("a day is the day in the string, whatever the time zone", () => {
  for (const [value, text] of [["2026-11-01", "1 Nov"], ["2026-11", "Nov 2026"], ["total", "total"]]) check("day", value, text);
});

test("a tooltip shows the exact number, and says when there is none", () => {
  check("usd", 1234.5, "$1,234.50", "valueFormatter");
  check("usd", null, "no price", "valueFormatter");
  check("usd", 0.000001, "<$0.01", "valueFormatter");
  check("usd", -2.5, "-$2.50", "valueFormatter");
  check("tokens", 1234567, "1,234,567", "valueFormatter");
});

test("colours are replaced at any depth, everything else is kept", () => {
  const option = { color: ["var(--c1)"], series: [{ name: "var", data: [1, null, { itemStyle: { color: "var(--c9)" } }] }] };
  assert.deepEqual(resolve(option, (name) => (name === "--c1" ? "rgb(1, 2, 3)" : undefined)), {
    ...option,
    color: ["rgb(1, 2, 3)"],
  });
});
