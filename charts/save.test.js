import assert from "node:assert/strict";
import test from "node:test";
import { frame, place } from "./save.js";

const items = ["Opus 5.5", "R&D <new>", "No price"].map((name, at) => ({ name, colour: "red", kind: ["c1", "dash c1", "hatch"][at] }));

test("the legend breaks into lines where the width ends", () => {
  const at = (width) => place(items, width, (name) => name.length * 7).map(({ line }) => line);
  assert.deepEqual(at(600), [1, 1, 1]);
  assert.deepEqual(at(230), [1, 1, 2]);
  assert.deepEqual(place([], 600, () => 0), []);
});

test("a saved SVG holds the drawing below its title and legend, and names are text", () => {
  const size = { width: 300, top: 70, height: 320 };
  const look = { font: '"Segoe UI", sans-serif', text: "black", panel: "white" };
  const file = frame('<svg width="268" xmlns="http://www.w3.org/2000/svg"><path/></svg>', "Spend & more", place(items, 300, () => 40), size, look);
  assert.match(file, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  assert.match(file, /Spend &#38; more/);
  assert.match(file, /R&#38;D &#60;new&#62;/);
  assert.match(file, /<svg x="16" y="70" width="268"/);
  assert.match(file, /font-family="&#34;Segoe UI&#34;, sans-serif"/);
});
