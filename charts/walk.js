// Moving through a chart without a mouse. Pure: from a key and a place to the next place, and from a place to words.
// Places are [column, row]; a chart over days has one row, one of bars that lie has one column.

/** How many columns and rows of points an option has. */
export function grid({ xAxis, yAxis }) {
  const count = (axis) => (axis?.type === "category" ? axis.data.length : 1);
  return { columns: count(xAxis), rows: count(yAxis) };
}

/** The first and the last column that the zoom leaves in sight. */
export function shown({ dataZoom }) {
  return dataZoom?.[0] ? [dataZoom[0].startValue, dataZoom[0].endValue] : [0, Infinity];
}

/** Where `key` leads from `at`; null leaves the chart, undefined is another's key. The first key enters at the end. */
export function step(key, at, { columns, rows }, [first, last] = [0, Infinity]) {
  if (key === "Escape") return at ? null : undefined;
  const lies = columns === 1;
  const across = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[key];
  const along = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (across === undefined && (along === undefined || rows === 1)) return undefined;
  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  if (!at) return lies ? [0, 0] : [within(key === "Home" ? 0 : columns - 1, first, last), 0];
  const [column, row] = at;
  // Left and right walk through lying bars too: there is nowhere else to go.
  if (lies) return [0, within(row + (along ?? across), 0, rows - 1)];
  return along === undefined
    ? [within(column + across, Math.max(0, first), Math.min(columns - 1, last)), row]
    : [column, within(row + along, 0, rows - 1)];
}

/** What the table says of the point: `cells` are its rows, the heads first. */
export function spoken(cells, option, at) {
  const { columns, rows } = grid(option);
  const [column, row] = at;
  const [heads = [], ...body] = cells;
  const lies = rows > 1;
  const name = (lies ? option.yAxis : option.xAxis).data[lies ? row : column];
  // Days stand in the table latest first, bars in the order of the chart; two bars may have one name.
  const line = lies && body[row]?.[0] === name ? body[row] : body.find(([head]) => head === name);
  if (!line) return name;
  if (lies && columns > 1) return `${name}, ${heads[column + 1]}: ${line[column + 1]}`;
  return `${name}: ${line.slice(1).map((cell, number) => `${heads[number + 1]} ${cell}`).join(", ")}`;
}

/** The part of the whole, in percent, that is in sight after zooming in (1), out (-1) or all the way out (0). */
export function zoomed({ start, end }, towards) {
  if (!towards) return { start: 0, end: 100 };
  const middle = (start + end) / 2;
  const half = Math.min(50, ((end - start) / 2) * (towards > 0 ? 0.5 : 2));
  const from = Math.min(Math.max(0, middle - half), 100 - 2 * half);
  return { start: from, end: from + 2 * half };
}
