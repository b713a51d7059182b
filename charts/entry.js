// The browser's half of a chart. The server sends a finished ECharts option as JSON; this file draws it with the
// chart types in use and nothing more. It adds what JSON cannot say: number formats, and colours that follow the theme.
// It must stay within a strict content security policy: no eval, no markup from strings, no style attributes.
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import { DataZoomInsideComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import { finish } from "./finish.js";
import { resolve } from "./resolve.js";
import { save } from "./save.js";
import { grid, shown, spoken, step, zoomed } from "./walk.js";

use([CanvasRenderer, SVGRenderer, LineChart, BarChart, HeatmapChart, GridComponent, TooltipComponent, DataZoomInsideComponent]);

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const night = matchMedia("(prefers-color-scheme: dark)");

/** The charts on the page: element -> { option, hidden, chart?, drawn?, at?, observer }. */
const charts = new Map();

/** Draws `optionJson` in `element`, or draws it anew there; `hidden` holds the names of the series left out, by line. */
export function mount(element, optionJson, hidden = "") {
  let entry = charts.get(element);
  if (!entry) {
    // Pages come and go without a reload: what left the document takes its chart along.
    for (const gone of [...charts.keys()].filter((other) => !other.isConnected)) dispose(gone);
    entry = { observer: new ResizeObserver(() => fit(element)) };
    charts.set(element, entry);
    listen(element, entry);
    entry.observer.observe(element);
  }
  entry.option = parsed(optionJson);
  entry.hidden = new Set(hidden.split("\n"));
  draw(element, entry);
}

function dispose(element) {
  const entry = charts.get(element);
  charts.delete(element);
  entry.observer.disconnect();
  entry.chart?.dispose();
}

/** A hidden element has no size, which ECharts complains about: the chart is made when there is room for it. */
function fit(element) {
  const entry = charts.get(element);
  if (!entry || !element.clientWidth || !element.clientHeight) return;
  if (entry.chart) entry.chart.resize();
  else entry.chart = init(element, theme());
  // How long a name may be depends on the width.
  draw(element, entry);
}

function draw(element, entry) {
  if (!entry.chart) return;
  const option = finished(entry, element.clientWidth);
  option.animation = !calm.matches && option.animation !== false;
  const shape = JSON.stringify(entry.option.series?.map(({ type, name }) => [type, name]));
  const same = shape === entry.drawn?.shape && option.series.length === entry.drawn.series;
  // The same series move to their new numbers, and a series that is hidden leaves the zoom as it is; other series are
  // another chart.
  entry.chart.setOption(option, shape !== entry.drawn?.shape ? { notMerge: true } : same ? {} : { replaceMerge: ["series"] });
  entry.drawn = { shape, series: option.series.length };
  for (const button of card(element).querySelectorAll("[data-zoom]")) button.hidden = !option.dataZoom;
}

/** What the server sent. Days without anything to draw have no series, which is a chart all the same. */
const parsed = (optionJson) => ({ series: [], ...JSON.parse(optionJson) });

/** The option as ECharts takes it: with the theme's colours, without the series that are hidden. */
function finished(entry, width) {
  const option = finish(resolve(entry.option, colour), width);
  option.series = option.series.filter(({ name }) => !entry.hidden.has(name));
  option.darkMode = isDark();
  return option;
}

const card = (element) => element.closest(".chart") ?? element;

/** Keys on the drawing, and the buttons of the menu beside it. */
function listen(element, entry) {
  element.tabIndex = 0;
  element.addEventListener("keydown", (event) => press(event, element, entry));
  element.addEventListener("focus", () => say(element, "Arrow keys move through the points."));
  element.addEventListener("blur", () => leave(element, entry));
  // ECharts takes every turn of the wheel, also of one it does not zoom with; the page shall scroll.
  for (const name of ["wheel", "mousewheel"])
    element.addEventListener(name, (event) => event.ctrlKey || event.stopPropagation(), { capture: true, passive: true });
  element.addEventListener("dblclick", () => entry.chart && zoom(entry, 0));
  card(element).addEventListener("click", ({ target }) => {
    const button = target.closest("[data-save], [data-zoom]");
    if (!button || !entry.chart || !element.isConnected) return;
    if (button.dataset.zoom) return zoom(entry, Number(button.dataset.zoom));
    leave(element, entry);
    const draft = { ...finished(entry, element.clientWidth), animation: false };
    const copy = (options) => drawing(element, draft, options);
    save(button.dataset.save, { card: card(element), file: button.dataset.file, chart: entry.chart, copy });
    button.closest("details").open = false;
  });
}

/** A second drawing of the same size, off the page and without a tooltip: SVG as text, or a canvas. */
function drawing(element, option, { svg, pixels }) {
  const size = { width: element.clientWidth, height: element.clientHeight };
  const chart = init(svg ? null : document.createElement("canvas"), theme(), { ...size, ...(svg && { renderer: "svg", ssr: true }) });
  chart.setOption(option);
  const drawn = svg ? chart.renderToSVGString() : chart.getRenderedCanvas({ pixelRatio: pixels });
  chart.dispose();
  return drawn;
}

/** Moves the tooltip, and says what it shows in the words of the table beside the chart. */
function press(event, element, entry) {
  if (!entry.chart || event.ctrlKey || event.metaKey || event.altKey) return;
  const towards = { "+": 1, "=": 1, "-": -1, 0: 0 }[event.key];
  if (towards !== undefined) return zoom(entry, towards);
  const at = step(event.key, entry.at, grid(entry.option), shown(entry.chart.getOption()));
  if (at === undefined) return;
  event.preventDefault();
  if (at === null) return leave(element, entry);
  entry.at = at;
  const [x, y] = pixel(entry, at);
  entry.chart.dispatchAction({ type: "showTip", x, y });
  const table = card(element).querySelector(".twin table");
  const cells = [...(table?.rows ?? [])].map((row) => [...row.cells].map((cell) => cell.textContent));
  say(element, spoken(cells, entry.option, at));
}

function pixel({ chart, option }, [column, row]) {
  const { columns, rows } = grid(option);
  if (columns > 1 && rows > 1) return chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [column, row]);
  if (rows > 1) return [chart.getWidth() / 2, chart.convertToPixel({ yAxisIndex: 0 }, row)];
  return [chart.convertToPixel({ xAxisIndex: 0 }, column), chart.getHeight() / 2];
}

function leave(element, entry) {
  entry.at = undefined;
  entry.chart?.dispatchAction({ type: "hideTip" });
  entry.chart?.dispatchAction({ type: "updateAxisPointer", currTrigger: "leave" });
  say(element, "");
}

function say(element, words) {
  const line = card(element).querySelector("[aria-live]");
  if (line) line.textContent = words;
}

function zoom({ chart }, towards) {
  const [now] = chart.getOption().dataZoom ?? [];
  if (now) chart.dispatchAction({ type: "dataZoom", ...zoomed(now, towards) });
}

/** What every chart looks like unless its option says otherwise. */
function theme() {
  const [text, mute, line, panel] = ["--text", "--mute", "--line", "--panel"].map(colour);
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: mute, hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    color: ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c7", "--c8"].map(colour).filter(Boolean),
    // A saved SVG writes the name between double quotes.
    textStyle: { color: text, fontFamily: getComputedStyle(document.body).fontFamily.replaceAll('"', "'") },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: axis,
    // Where there are dots, none is left out for want of room: it may be all there is of a value.
    line: { symbol: "circle", symbolSize: 5, showAllSymbol: true },
    tooltip: { backgroundColor: panel, borderColor: line, textStyle: { color: text, fontSize: 12.5 } },
  };
}

function isDark() {
  return document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : night.matches;
}

// A custom property's own value may be an expression (light-dark(), color-mix()): only a used colour is a colour.
let probe;
function colour(name) {
  if (!getComputedStyle(document.documentElement).getPropertyValue(name)) return undefined;
  if (!probe?.isConnected) {
    probe = document.createElement("span");
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

function repaint() {
  for (const [element, entry] of charts) {
    entry.chart?.setTheme(theme());
    draw(element, entry);
  }
}

new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
night.addEventListener("change", repaint);
calm.addEventListener("change", repaint);

window.allclearCharts = { mount };
