// Chance that repeats itself: the same seed gives the same numbers on every machine. Made-up data only, never secrets.

/** sfc32: small, quick, and in 32-bit integers throughout, which JavaScript does not do for splitmix64. */
export class Chance {
  #a = 0x9e3779b9 | 0;
  #b = 0x243f6a88;
  #c;
  #d = 1;

  constructor(seed) {
    this.#c = seed | 0;
    for (let i = 0; i < 15; i += 1) this.next();
  }

  /** A number in [0, 1). */
  next() {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return (t >>> 0) / 0x1_0000_0000;
  }

  int(below) {
    return Math.floor(this.next() * below);
  }

  hex(digits) {
    let text = "";
    while (text.length < digits) text += Math.floor(this.next() * 0x1_0000_0000).toString(16).padStart(8, "0");
    return text.slice(0, digits);
  }

  uuid() {
    const d = this.hex(32);
    return `${d.slice(0, 8)}-${d.slice(8, 12)}-4${d.slice(13, 16)}-8${d.slice(17, 20)}-${d.slice(20)}`;
  }
}
