// Turns the option that the server sent into the one ECharts takes. JSON carries no functions and no theme, so both
// travel as marks: "formatter": "usd" names a function below, "var(--c1)" a colour of the style sheet, and "hatch(--c1)"
// stripes of it, which mean that something has no price.

const english = (options) => new Intl.NumberFormat("en-US", options);
const whole = english({ maximumFractionDigits: 0 });
const short = english({ notation: "compact", maximumFractionDigits: 1 });
const tenths = english({ maximumFractionDigits: 1 });
const parts = (digits) => english({ minimumFractionDigits: digits, maximumFractionDigits: digits });
const cents = parts(2);
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Money on an axis, where there is little room: $0, $0.05, $40, $1.2k */
const roughly = (digits, sign) => (value) => {
  const size = Math.abs(value);
  const small = !Number.isInteger(value) && size < 10;
  const number = size < 1000 ? (small ? parts(digits) : whole).format(size) : short.format(size).replace("K", "k");
  return `${value < 0 ? "-" : ""}${sign}${number}`;
};

/** Money in a tooltip. An amount that would round to nothing says so, as everywhere else. */
const exactly = (digits, sign) => (value) => {
  if (value == null) return "no price";
  const size = Math.abs(value);
  const least = 10 ** -digits;
  const number = size && size < least / 2 ? `<${sign}${parts(digits).format(least)}` : `${sign}${parts(digits).format(size)}`;
  return `${value < 0 ? "-" : ""}${number}`;
};

/** Formats for axes, where there is little room. */
const axis = {
  usd: roughly(2, "$"),
  /** 950, 1.2 k, 1.2 M */
  tokens(value) {
    return short.format(value).replace("K", "k").replace(/([a-zA-Z])$/, "\u00a0$1");
  },
  /** 0 %, 80 %, 76.9 % */
  percent(value) {
    return `${tenths.format(value)}\u00a0%`;
  },
  /** 2026-11-12 -> 12 Nov, 2026-11 -> Nov 2026; the date is the user's already, no time zone may move it */
  day(value) {
    const [, year, month, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?/.exec(value) ?? [];
    if (!year) return String(value);
    return day ? `${Number(day)} ${months[month - 1]}` : `${months[month - 1]} ${year}`;
  },
};

/** A label that shows what the point says of itself. */
const told = ({ data }) => data?.name ?? "";

/** Formats for tooltips, where people look for the exact number. */
const exact = {
  usd: exactly(2, "$"),
  tokens: (value) => (value == null ? "none" : whole.format(value)),
  percent: (value) => (value == null ? "no data" : `${cents.format(value)}\u00a0%`),
  day: axis.day,
};

/** Copies `option` with every mark replaced; `colour("--c1")` answers with that property's colour. */
export function resolve(option, colour) {
  if (typeof option === "string") return option.replaceAll(/var\((--[\w-]+)\)/g, (mark, name) => colour(name) ?? mark);
  if (Array.isArray(option)) return option.map((item) => resolve(item, colour));
  if (!option || typeof option !== "object") return option;
  const resolved = Object.fromEntries(
    Object.entries(option).map(([key, value]) => [key, formatFor(key, value) ?? resolve(value, colour)]),
  );
  const hatched = /^hatch\((--[\w-]+)\)$/.exec(option.color)?.[1];
  if (hatched) Object.assign(resolved, stripes(colour(hatched), colour("--panel")));
  // A tooltip's title is the axis' value: it reads as the axis does.
  const label = resolved.axisLabel?.formatter;
  if (typeof label === "function") resolved.axisPointer ??= { label: { formatter: ({ value }) => label(value) } };
  return resolved;
}

function stripes(ink, ground) {
  const decal = { color: ink, dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4 };
  return { color: ground, borderColor: ink, borderWidth: 1, decal };
}

function formatFor(key, value) {
  if (key === "formatter" && value === "told") return told;
  const formats = key === "formatter" ? axis : key === "valueFormatter" ? exact : {};
  // Of another currency than the dollar: money:2:€
  const [, digits, sign] = (typeof value === "string" && /^money:(\d):(.+)$/s.exec(value)) || [];
  if (sign && formats === axis) return roughly(Number(digits), sign);
  if (sign && formats === exact) return exactly(Number(digits), sign);
  return Object.hasOwn(formats, value) ? formats[value] : undefined;
}
