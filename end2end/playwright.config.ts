// Every spec runs in Chromium with JavaScript on. Files named *.nojs.spec.ts, and tests tagged @nojs in the others,
// run with JavaScript off: the pages must read well before WASM arrives. Tests tagged @nojs-only run so and not otherwise.
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const chromium =
  process.env.CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
if (!chromium) throw new Error("No Chromium found: install it with the system's package manager, or set CHROMIUM to its path.");

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: !!process.env.CI,
  workers: 2,
  // A machine that is busy with something else makes a test slow now and then; one that fails twice is wrong.
  retries: 1,
  // A test waits for what it looks at and no longer: what is slow here is a machine with little to spare.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    locale: "en-US",
    timezoneId: "UTC",
    // A debug build takes longer to compress its megabytes of WASM than a test takes; first-visit.spec.ts asks as browsers do.
    extraHTTPHeaders: { "accept-encoding": "identity" },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "script on", testIgnore: "*.nojs.spec.ts", grepInvert: /@nojs-only/ },
    { name: "script off", grep: /@nojs|\.nojs\.spec\.ts/, use: { javaScriptEnabled: false } },
  ],
});
