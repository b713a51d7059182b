// A chart as a picture of its own: with its title and legend, which on the page are not part of the drawing.
const PAD = 16;
const LINE = 22;
const TITLE_FONT = "600 15px";
const FONT = "12.5px";
/** Sharp on every screen, and in print. */
const PIXELS = 2;

/** Offers a "png" or an "svg" of the chart in `card` as a file; `copy` draws it anew. */
export async function save(kind, { card, file, chart, copy }) {
  const style = getComputedStyle(document.body);
  const look = { font: style.fontFamily, text: style.color, panel: getComputedStyle(card).backgroundColor };
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${FONT} ${look.font}`;
  const width = chart.getWidth() + 2 * PAD;
  const marks = place(legend(card), width, (text) => pen.measureText(text).width);
  const top = PAD + LINE * (1 + (marks.at(-1)?.line ?? 0)) + PAD / 2;
  const size = { width, top, height: top + chart.getHeight() + PAD };
  const title = card.querySelector("h2").textContent;
  const blob = kind === "svg"
    ? new Blob([frame(copy({ svg: true }), title, marks, size, look)], { type: "image/svg+xml" })
    : await picture(copy({ pixels: PIXELS }), title, marks, size, look);
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${file}.${kind}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The series that are shown, with the colour of their marks. */
function legend(card) {
  const shown = [...card.querySelectorAll(".legend button")].filter((button) => button.ariaPressed !== "false");
  return shown.map((button) => {
    const mark = button.querySelector("i");
    return { name: button.textContent, colour: getComputedStyle(mark).color, kind: mark.className };
  });
}

/** Where each mark stands, from the second line on, line by line as there is room. */
export function place(items, width, measure) {
  let [x, line] = [PAD, items.length ? 1 : 0];
  return items.map((item) => {
    const wide = 16 + measure(item.name) + 14;
    if (x > PAD && x + wide > width - PAD) [x, line] = [PAD, line + 1];
    const placed = { ...item, x, line, y: PAD + line * LINE };
    x += wide;
    return placed;
  });
}

/** How the mark of a legend is drawn: a line, stripes, or a square that may be faint. */
function shape(kind, x, y) {
  const square = { wide: 1, dash: [], faint: kind.includes("band") ? 0.35 : 1 };
  if (kind.includes("dash")) return { ...square, path: `M${x} ${y + 6}h11`, wide: 2, dash: [3, 1.5] };
  if (kind.includes("budget")) return { ...square, path: `M${x} ${y + 6}h11`, wide: 2 };
  if (kind.includes("hatch")) return { ...square, path: `M${x} ${y + 5}l4 -4M${x} ${y + 10}l9 -9M${x + 5} ${y + 10}l5 -5` };
  return square;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The drawing with what stands above it, as the text of an SVG file. */
export function frame(drawing, title, marks, { width, top, height }, { font, text, panel }) {
  const family = escaped(font);
  const mark = ({ x, y, name, colour, kind }) => {
    const { path, wide, dash, faint } = shape(kind, x, y);
    const stroke = `fill="none" stroke="${colour}" stroke-width="${wide}" stroke-dasharray="${dash.join(" ")}"`;
    const drawn = path
      ? `<path d="${path}" ${stroke}/>`
      : `<rect x="${x}" y="${y + 1}" width="10" height="10" rx="3" fill="${colour}" fill-opacity="${faint}"/>`;
    return `${drawn}<text x="${x + 16}" y="${y + 10}" font-size="12.5">${escaped(name)}</text>`;
  };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" font-family="${family}" fill="${text}">`,
    `<rect width="${width}" height="${height}" fill="${panel}"/>`,
    `<text x="${PAD}" y="${PAD + 13}" font-size="15" font-weight="600">${escaped(title)}</text>`,
    ...marks.map(mark),
    drawing.replace("<svg ", `<svg x="${PAD}" y="${top}" `),
    "</svg>",
  ].join("\n");
}

function picture(drawing, title, marks, { width, top, height }, { font, text, panel }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: width * PIXELS, height: height * PIXELS });
  const pen = canvas.getContext("2d");
  pen.scale(PIXELS, PIXELS);
  const fill = (colour) => ((pen.fillStyle = colour), pen);
  fill(panel).fillRect(0, 0, width, height);
  pen.font = `${TITLE_FONT} ${font}`;
  fill(text).fillText(title, PAD, PAD + 13);
  pen.font = `${FONT} ${font}`;
  for (const { x, y, name, colour, kind } of marks) {
    fill(text).fillText(name, x + 16, y + 10);
    const { path, wide, dash, faint } = shape(kind, x, y);
    Object.assign(pen, { strokeStyle: colour, lineWidth: wide, globalAlpha: faint });
    pen.setLineDash(dash);
    if (path) pen.stroke(new Path2D(path));
    else fill(colour).fillRect(x, y + 1, 10, 10);
    pen.globalAlpha = 1;
  }
  pen.drawImage(drawing, PAD, top, drawing.width / PIXELS, drawing.height / PIXELS);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
