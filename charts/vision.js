// How far apart two colours are for people, also for those who see fewer of them. For the palette's test only.

/** Severity 1 of Machado, Oliveira and Fernandes 2009, for linear RGB. */
const BLINDNESS = {
  none: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
export const SIGHTS = Object.keys(BLINDNESS);

/** "#1a2" or "#11aa22" -> linear RGB, each 0 to 1. */
export function linear(hex) {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : hex.slice(1).match(/../g);
  return digits.map((pair) => {
    const value = parseInt(pair, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

/** The contrast of WCAG 2, 1 to 21. */
export function contrast(one, other) {
  const [dark, light] = [one, other].map((rgb) => 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** ΔE 2000 between two linear colours as `sight` sees them: about 2 is just noticeable, 10 is plain. */
export function difference(one, other, sight) {
  return deltaE(lab(seen(one, sight)), lab(seen(other, sight)));
}

function seen(rgb, sight) {
  const matrix = BLINDNESS[sight];
  const row = (at) => matrix[at] * rgb[0] + matrix[at + 1] * rgb[1] + matrix[at + 2] * rgb[2];
  return [row(0), row(3), row(6)].map((value) => Math.min(1, Math.max(0, value)));
}

function lab([r, g, b]) {
  const bend = (value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = bend((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = bend(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = bend((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** CIEDE2000 after Sharma, Wu and Dalal 2005, in degrees. */
export function deltaE([l1, a1, b1], [l2, a2, b2]) {
  const sin = (degrees) => Math.sin((degrees * Math.PI) / 180);
  const cos = (degrees) => Math.cos((degrees * Math.PI) / 180);
  const c = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)));
  const polar = (a, b) => [Math.hypot(a * (1 + g), b), ((Math.atan2(b, a * (1 + g)) * 180) / Math.PI + 360) % 360];
  const [[c1, h1], [c2, h2]] = [polar(a1, b1), polar(a2, b2)];
  const turn = c1 * c2 === 0 ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const dh = 2 * Math.sqrt(c1 * c2) * sin(turn / 2);
  const [l, cm] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const h = c1 * c2 === 0 ? h1 + h2 : (h1 + turn / 2 + 360) % 360;
  const t = 1 - 0.17 * cos(h - 30) + 0.24 * cos(2 * h) + 0.32 * cos(3 * h + 6) - 0.2 * cos(4 * h - 63);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * cm, 1 + 0.015 * cm * t];
  const rotation = -2 * Math.sqrt(cm ** 7 / (cm ** 7 + 25 ** 7)) * sin(60 * Math.exp(-(((h - 275) / 25) ** 2)));
  const [x, y, z] = [(l2 - l1) / sl, (c2 - c1) / sc, dh / sh];
  return Math.sqrt(x * x + y * y + z * z + rotation * y * z);
}
