import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { SIGHTS, contrast, deltaE, difference, linear } from "./vision.js";

const sheet = readFileSync(new URL("../style/main.css", import.meta.url), "utf8");
const THEMES = ["light", "dark"];

/** The colour of a property of the style sheet in one theme. */
function colour(name, theme) {
  const [, ...both] = new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(sheet);
  return linear(both[THEMES.indexOf(theme)]);
}

test("the distance is that of the formula's published pairs", () => {
  for (const [one, other, expected] of [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 2.5, 0], [61, -5, 29], 22.8977],
    [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
  ])
    assert.ok(Math.abs(deltaE(one, other) - expected) < 1e-4, `${deltaE(one, other)} is not ${expected}`);
});

for (const theme of THEMES) {
  const series = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => colour(`c${number}`, theme));

  test(`every mark stands out from a ${theme} panel`, () => {
    for (const [number, mark] of series.entries()) {
      const ratio = contrast(mark, colour("panel", theme));
      assert.ok(ratio >= 3, `--c${number + 1} has ${ratio.toFixed(2)}`);
    }
  });

  for (const sight of SIGHTS)
    test(`the first five and all neighbours are told apart, ${theme}, colour blindness: ${sight}`, () => {
      for (let first = 0; first < 8; first += 1)
        for (let second = first + 1; second < 8; second += 1) {
          if (second > first + 1 && second > 4) continue;
          const apart = difference(series[first], series[second], sight);
          assert.ok(apart >= 10, `--c${first + 1} and --c${second + 1} are ${apart.toFixed(1)} apart`);
        }
    });
}
