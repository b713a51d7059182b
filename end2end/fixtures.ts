// What every spec starts from: a server of its own, and a page that fails the test on any complaint of the browser's.
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { Server, type ServerOptions } from "./server.ts";

type Options = {
  /** Arguments and environment of the server: `test.use({ serverOptions: { args: ["serve", "--no-schedule"] } })`. */
  serverOptions: ServerOptions;
  /** Complaints that a test provokes on purpose: `test.use({ expected: /answer 404/ })`. */
  expected: RegExp | undefined;
};

type Fixtures = {
  /**
   * Writes what the server shall find when it starts:
   * `test.use({ prepare: ({}, use) => use((server) => server.writeClaude()) })`.
   */
  prepare: (server: Server) => Promise<void>;
  server: Server;
};

export const test = base.extend<Options & Fixtures>({
  serverOptions: [{}, { option: true }],
  expected: [undefined, { option: true }],

  prepare: ({}, use) => use(async () => {}),

  server: async ({ serverOptions, prepare }, use, info) => {
    const server = await Server.prepare(serverOptions);
    try {
      await prepare(server);
      await server.start();
      await use(server);
      expect(await server.stop(), "the server's exit code").toBe(0);
    } finally {
      await server.stop();
      if (info.status !== info.expectedStatus)
        await info.attach("server's output", { body: server.output, contentType: "text/plain" });
      await server.remove();
    }
  },

  baseURL: async ({ server }, use) => use(server.url),

  page: async ({ page, server, expected, javaScriptEnabled }, use) => {
    const complaints = watch(page, server.url, javaScriptEnabled !== false);
    await use(page);
    expect(complaints.filter((text) => !expected?.test(text))).toEqual([]);
  },
});

export { expect };

/** Collects what a person with the developer tools open would see in red or yellow. */
function watch(page: Page, home: string, scriptOn: boolean): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    // A violation of the content security policy arrives here too, as an error.
    if (["error", "warning"].includes(message.type())) complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`page error: ${error.message}`));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A page that is left drops its open event stream, and without script a preloaded script is refused: no failures.
    const meant = reason === "net::ERR_ABORTED" || (!scriptOn && reason === "csp");
    if (!meant) complaints.push(`request failed: ${request.url()} ${reason}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${home}/`) && !/^(data|blob):/.test(url)) complaints.push(`request to elsewhere: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`answer ${response.status()}: ${response.url()}`);
  });
  return complaints;
}

/** The page is alive: WASM has taken it over. */
export async function waitForHydrated(page: Page) {
  await page.waitForFunction(() => (window as { _hydrated?: boolean })._hydrated === true);
}

/** Fails on anything axe finds under WCAG 2.2 A and AA. */
export async function expectAccessible(page: Page) {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  expect(violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(" ")).join(", ")})`)).toEqual([]);
}
