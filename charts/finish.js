// What charts have in common and the server cannot write down: how a tooltip reads, how one zooms, how long a name may
// be. Takes a resolved option and changes it.

/** How much of a narrow chart's width names at its side may take. */
const NAMES_PART = 0.38;
const NAMES_MOST = 180;
/** Below this width, in pixels, labels need more of the room. */
const NARROW = 480;
/** Half of a date's width, so that the last one is whole. */
const LABEL_ROOM = 18;

export function finish(option, width) {
  if (option.tooltip) Object.assign(option.tooltip, { renderMode: "richText", confine: true, formatter: (point) => told(point, option) });
  const side = option.yAxis;
  if (side?.type === "category") side.axisLabel = { ...side.axisLabel, width: Math.min(NAMES_MOST, width * NAMES_PART), overflow: "truncate" };
  if (width < NARROW) narrow(option);
  // The page scrolls with the wheel; with Ctrl, which is how browsers tell of a pinch on a touchpad too, the chart zooms.
  for (const zoom of option.dataZoom ?? []) Object.assign(zoom, { zoomOnMouseWheel: "ctrl", preventDefaultMouseMove: false });
  // A range that begins below zero is still one.
  for (const series of option.series ?? []) if (series.stack === "range") series.stackStrategy = "all";
  return option;
}

function narrow({ grid, xAxis }) {
  if (xAxis?.type === "category") for (const one of [grid ?? []].flat()) one.right = Math.max(one.right, LABEL_ROOM);
  if (xAxis?.type === "value") xAxis.splitNumber = 2;
}

/**
 * What a tooltip says of the points at one place. The name of a point is its value in words, if it has one; a point
 * whose words are empty belongs to another's. A day of which nothing is known says so.
 */
export function told(point, option) {
  const points = [point].flat();
  const number = ({ value }) => (Array.isArray(value) ? value.at(-1) : value);
  // A bar that lies stands for itself; stripes at its end say that there is more.
  if (option.yAxis?.type === "category" && points[0].axisValueLabel) {
    const more = points.slice(1).some((one) => number(one) != null);
    return `${points[0].axisValueLabel}\n${option.tooltip.valueFormatter(number(points[0]))}${more ? " +" : ""}`;
  }
  const format = (one) => option.series.find(({ name }) => name === one.seriesName)?.tooltip?.valueFormatter ?? option.tooltip.valueFormatter;
  const words = (one) => one.data?.name ?? format(one)(number(one));
  const known = points.filter((one) => number(one) != null && one.data?.name !== "");
  // In a pile of bars what is not there need not be named.
  const piled = option.series.filter(({ stack, type }) => stack && type === "bar").length > 1;
  const some = known.filter((one) => !piled || number(one) !== 0);
  const named = some.length ? some : known.slice(0, 1);
  const title = points[0].axisValueLabel ?? place(points[0].value, option);
  if (!named.length) return `${title}\n${format(points[0])(null)}`;
  const line = (one) => `${one.marker ?? ""}${one.seriesName}  ${words(one)}`;
  return [title, ...named.map(line)].join("\n");
}

/** The cell of a heat map: its row and its column. */
function place([column, row], option) {
  return `${option.yAxis.data[row]}, ${option.xAxis.data[column]}:00`;
}
