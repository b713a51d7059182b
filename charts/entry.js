// The browser's half of a chart. The server sends a finished ECharts option as JSON; this file draws it with the
// chart types in use and nothing more. It adds what JSON cannot say: number formats, and colours that follow the theme.
// It must stay within a strict content security policy: no eval, no markup from strings, no style attributes.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { resolve } from "./resolve.js";

use([CanvasRenderer, LineChart, BarChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, LabelLayout]);

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const night = matchMedia("(prefers-color-scheme: dark)");

/** The charts on the page: element -> { option, dark, chart?, drawn?, observer }. */
const charts = new Map();

/** Draws `optionJson` in `element`. `dark` true or false is the caller's word; left out, the page's theme decides. */
export function mount(element, optionJson, dark) {
  if (charts.has(element)) return update(element, optionJson);
  // Pages come and go without a reload: what left the document takes its chart along.
  for (const gone of [...charts.keys()].filter((other) => !other.isConnected)) dispose(gone);
  const observer = new ResizeObserver(() => fit(element));
  charts.set(element, { option: JSON.parse(optionJson), dark, observer });
  observer.observe(element);
}

/** Shows new numbers in a mounted chart. */
export function update(element, optionJson) {
  const entry = charts.get(element);
  if (!entry) return mount(element, optionJson);
  entry.option = JSON.parse(optionJson);
  draw(element, entry);
}

export function dispose(element) {
  const entry = charts.get(element);
  charts.delete(element);
  entry?.observer.disconnect();
  entry?.chart?.dispose();
}

/** A hidden element has no size, which ECharts complains about: the chart is made when there is room for it. */
function fit(element) {
  const entry = charts.get(element);
  if (!entry || !element.clientWidth || !element.clientHeight) return;
  if (entry.chart) return entry.chart.resize();
  entry.chart = init(element, theme());
  draw(element, entry);
}

function draw(element, entry) {
  if (!entry.chart) return;
  const shape = JSON.stringify(entry.option.series?.map(({ type, name }) => [type, name]));
  const option = resolve(entry.option, colour);
  option.darkMode = entry.dark ?? isDark();
  option.animation = !calm.matches && option.animation !== false;
  if (option.tooltip) option.tooltip.renderMode = "richText";
  // The same series move to their new numbers; other series are another chart.
  entry.chart.setOption(option, { notMerge: shape !== entry.drawn });
  entry.drawn = shape;
}

/** What every chart looks like unless its option says otherwise. */
function theme() {
  const [text, mute, line, panel] = ["--text", "--mute", "--line", "--panel"].map(colour);
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: mute },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    color: ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c7", "--c8"].map(colour).filter(Boolean),
    textStyle: { color: text, fontFamily: getComputedStyle(document.body).fontFamily },
    categoryAxis: { ...axis, splitLine: { show: false } },
    timeAxis: { ...axis, splitLine: { show: false } },
    valueAxis: axis,
    line: { symbol: "circle", symbolSize: 5 },
    legend: { top: 0, textStyle: { color: mute } },
    tooltip: { backgroundColor: panel, borderColor: line, textStyle: { color: text } },
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

window.allclearCharts = { mount, update, dispose };
