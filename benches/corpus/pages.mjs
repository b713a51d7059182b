// The bytes of one file at a time: a buffer that is filled, saved and used again. Knows nothing of what a line means.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const BUFFER_BYTES = 64 << 20;
const MARGIN_BYTES = 1 << 20;
const POOL_BYTES = 2 << 20;
// Like code and prose, with quotes and backslashes to escape, a few letters beyond ASCII, and the bytes a careless
// search for usage would fall for.
const WORDS = (
  "fn let match return await config error value index the a of to session order total café naïve → state render " +
  'query batch parse token window budget "usage": {"input_tokens": 7} C:\\temp\\log 0x1f && || == // ; { } ( )'
).split(" ");

export class Pages {
  written = { files: 0, bytes: 0, lines: 0 };
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #length = 0;
  #chance;
  #pool;

  constructor(chance) {
    this.#chance = chance;
    this.#pool = fillerPool(chance);
  }

  /** Bytes of the page so far. */
  get length() {
    return this.#length;
  }

  /** Appends ASCII text. */
  put(text) {
    this.#need(text.length);
    this.#length += this.#buffer.latin1Write(text, this.#length);
  }

  /** Appends about `size` bytes of made-up text, already escaped, cut where no escape and no character is split. */
  fill(size) {
    const { starts, bytes } = this.#pool;
    const first = this.#chance.int(starts.length - 1);
    const wanted = starts[first] + size;
    let last = first + 1;
    while (last < starts.length - 1 && starts[last] < wanted) last += 1;
    this.#need(starts[last] - starts[first]);
    this.#length += bytes.copy(this.#buffer, this.#length, starts[first], starts[last]);
  }

  save(path) {
    const body = this.#buffer.subarray(0, this.#length);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, body);
    this.written.files += 1;
    this.written.bytes += this.#length;
    for (let at = body.indexOf(10); at !== -1; at = body.indexOf(10, at + 1)) this.written.lines += 1;
    this.#length = 0;
  }

  #need(bytes) {
    if (this.#length + bytes + MARGIN_BYTES > this.#buffer.length) throw new Error("a session outgrew the buffer");
  }
}

function fillerPool(chance) {
  const starts = [0];
  const chunks = [];
  for (let length = 0; length < POOL_BYTES; ) {
    let line = " ".repeat(chance.int(4) * 4);
    for (let i = 2 + chance.int(14); i > 0; i -= 1) line += `${WORDS[chance.int(WORDS.length)]} `;
    const escaped = Buffer.from(JSON.stringify(`${line}\n`).slice(1, -1));
    chunks.push(escaped);
    starts.push((length += escaped.length));
  }
  return { bytes: Buffer.concat(chunks), starts };
}
