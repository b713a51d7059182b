// Bundles entry.js with the parts of ECharts it uses into public/charts.js and holds the result to its size.
import { readFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const out = "public/charts.js";
/** The whole page may weigh 350 KB; the charts come after first paint and may weigh this much more. */
const LIMIT_BYTES = 180_000;

const { version } = JSON.parse(await readFile("node_modules/echarts/package.json", "utf8"));
await build({
  entryPoints: ["charts/entry.js"],
  outfile: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020",
  define: { "process.env.NODE_ENV": '"production"' },
  banner: { js: `/*! Apache ECharts ${version} (Apache-2.0), with zrender (BSD-3-Clause) and tslib (0BSD) */` },
});

const bytes = await readFile(out);
const sent = brotliCompressSync(bytes).length;
console.log(`${out}: ${(bytes.length / 1000).toFixed(0)} KB, ${(sent / 1000).toFixed(0)} KB as brotli (limit ${LIMIT_BYTES / 1000} KB)`);
if (sent > LIMIT_BYTES) {
  console.error("The charts' script is over its limit: import fewer parts of ECharts in charts/entry.js.");
  process.exit(1);
}
