// What every spec starts from: a dashboard of its own, and tabs that fail the test on any complaint of the browser's.
import { AxeBuilder } from "@axe-core/playwright";
import { test as base, type BrowserContext, expect, type Page } from "@playwright/test";
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
  /** Folders of a dashboard that is not started. */
  folders: Server;
  /** A dashboard that runs; that it ends with 0 is asserted. */
  server: Server;
  /** What the tabs complained of so far: must be empty at the end. */
  complaints: string[];
};

export const test = base.extend<Options & Fixtures>({
  serverOptions: [{}, { option: true }],
  expected: [undefined, { option: true }],

  prepare: ({}, use) => use(async () => {}),

  folders: async ({ serverOptions, prepare }, use, info) => {
    const server = await Server.prepare(serverOptions);
    try {
      await prepare(server);
      await use(server);
    } finally {
      if (info.status !== info.expectedStatus)
        await info.attach("server's output", { body: server.output, contentType: "text/plain" });
      await server.remove();
    }
  },

  server: async ({ folders }, use, info) => {
    await folders.start();
    await use(folders);
    // A test that failed may have left a run in its middle: its end would only be waited for.
    if (info.status === info.expectedStatus) expect(await folders.stop(), "the server's exit code").toBe(0);
  },

  // Of the folders: the runner asks for it before every test, and not every test wants a dashboard.
  baseURL: async ({ folders }, use) => use(folders.url),

  request: async ({ request, server: _ }, use) => use(request),

  complaints: ({}, use) => use([]),

  // Every tab of the context is watched, however it was opened.
  context: async ({ context, server, complaints, expected, javaScriptEnabled }, use) => {
    watch(context, server.url, javaScriptEnabled !== false, (text) => {
      // A panic is never expected, whatever numbers its stack holds.
      if (!expected?.test(text) || text.includes("panicked at")) complaints.push(text);
    });
    await use(context);
    expect(complaints).toEqual([]);
  },
});

export { expect };

/** Tells what a person with the developer tools open would see in red or yellow. */
function watch(context: BrowserContext, home: string, scriptOn: boolean, complain: (text: string) => void) {
  context.on("console", (message) => {
    // A violation of the content security policy arrives here too, as an error.
    if (!["error", "warning"].includes(message.type())) return;
    // With script it says that the machine is slow: a debug build is megabytes, and a page's own code waits for it.
    // That what is preloaded is what is used, first-visit.spec.ts sees.
    const idle = message.text().includes("was preloaded using link preload but not used");
    if (!idle) complain(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complain(`page error: ${error.error().message}`));
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A page that is left drops its stream and what it still loads, but nothing that changes something; and without
    // script a preloaded script is refused.
    const changes = request.url().startsWith(`${home}/rpc/`) && !request.url().startsWith(`${home}/rpc/load_`);
    const left = reason === "net::ERR_ABORTED" && !changes;
    const refused = !scriptOn && reason === "csp";
    if (!left && !refused) complain(`request failed: ${request.url()} ${reason}`);
  });
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${home}/`) && !/^(data|blob):/.test(url)) complain(`request to elsewhere: ${url}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) complain(`answer ${response.status()}: ${response.url()}`);
  });
}

/** The page is alive: WASM has taken it over. */
export async function waitForHydrated(page: Page) {
  await page.waitForFunction(() => (window as { _hydrated?: boolean })._hydrated === true);
}

/** Opens a page and waits until it is alive; where JavaScript is off, it is as it will stay. */
export async function open(page: Page, path: string) {
  await page.goto(path);
  if (await page.evaluate(() => matchMedia("(scripting: enabled)").matches)) await waitForHydrated(page);
}

/** Marks the document, so that a reload in between is noticed; returns what asserts that there was none. */
export async function keepDocument(page: Page) {
  await page.evaluate(() => document.documentElement.setAttribute("data-kept", ""));
  return () => expect(page.locator("html"), "the page was loaded again").toHaveAttribute("data-kept");
}

/** Fails on anything axe finds under WCAG 2.2 A and AA, or against its best practices. */
export async function expectAccessible(page: Page) {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  // Legacy mode spares a blank page per look; it only matters to pages with frames.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(tags).analyze();
  const told = violations.map(({ id, help, nodes }) => {
    const where = nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`);
    return `${id}: ${help} (${where.join(", ")})`;
  });
  expect(told, page.url()).toEqual([]);
}
