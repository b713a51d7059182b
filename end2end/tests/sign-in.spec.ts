// Signing in: the first user, passwords, codes, sessions and tokens, and what each role is kept from.
import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { card, refreshButton } from "../dashboard.ts";
import { expect, expectAccessible, open, test, waitForHydrated } from "../fixtures.ts";
import type { Server } from "../server.ts";

const PASSWORD = "seven geese over the lake";

test.use({ serverOptions: { args: ["serve", "--no-schedule"] }, contextOptions: { reducedMotion: "reduce" } });

/** Adds a user on the command line, as somebody at the machine would. */
async function addUser(server: Server, name: string, role: string) {
  const file = path.join(server.home, `${name}.password`);
  await writeFile(file, `${PASSWORD}\n`);
  const more = role === "client" ? ["--client", "bistro"] : [];
  const program = server.run("users", "add", name, "--role", role, "--password-file", file, ...more);
  expect(await program.ended, program.output).toBe(0);
}

async function signIn(page: Page, name: string, password = PASSWORD) {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** What an authenticator app shows, so many steps from now. */
function code(secret: string, steps = 0) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac("sha1", key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
const alert = (page: Page) => page.locator("main").getByRole("alert");

test.describe("reached from elsewhere", () => {
  test.use({
    serverOptions: { args: ["serve", "--no-schedule"], env: { ALLCLEAR_TRUSTED_PROXY: "192.0.2.0/24" } },
    // What nobody gets.
    expected: /answer 401/,
  });

  test("the printed link makes the first user, once", async ({ page, server, browser }) => {
    await page.goto("/");
    await expect(page).toHaveURL("/sign-in");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nobody can sign in yet");
    await expectAccessible(page);
    const link = server.output.match(/\/setup\?key=\S+/)![0];
    await open(page, link);
    await expectAccessible(page);
    await field(page, "Name").fill("ada");
    await page.getByLabel("Password").fill("password1234");
    await page.getByLabel("The same again").fill("password1234");
    await page.getByRole("button", { name: "Make the user" }).click();
    await expect(alert(page)).toContainText("tried first");
    expect(await (await fetch(`${server.url}/data/analytics.json`)).status).toBe(401);
    // Over plain HTTP no browser keeps a cookie that is for HTTPS: what follows is another test's.
    const other = await browser.newContext({ baseURL: server.url, javaScriptEnabled: false });
    const plain = await other.newPage();
    await plain.goto(link);
    await plain.getByLabel("Name").fill("ada");
    await plain.getByLabel("Password").fill(PASSWORD);
    await plain.getByLabel("The same again").fill(PASSWORD);
    await plain.getByRole("button", { name: "Make the user" }).click();
    await plain.goto(link);
    await expect(plain.getByText("This link works no longer")).toBeVisible();
    await other.close();
  });
});

test.describe("beyond this machine, without HTTPS or a proxy", () => {
  test("it does not start, and says what to do", async ({ folders }) => {
    const program = folders.run("serve", "--addr", "0.0.0.0:0");
    expect(await program.ended).toBe(1);
    for (const part of ["allclear users add", "--trusted-proxy", "--insecure-http"]) expect(program.output).toContain(part);
  });
});

test("an open dashboard asks everybody to sign in once there is a user", async ({ page }) => {
  await open(page, "/users");
  await expect(page.getByRole("button", { name: "Sign out" })).toBeHidden();
  await expectAccessible(page);
  const form = card(page, "Add the first user");
  await form.getByLabel("Name").fill("ada");
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByRole("button", { name: "Add the user" }).click();
  await expect(page).toHaveURL("/sign-in");
  await expectAccessible(page);
  await signIn(page, "ada");
  await expect(page).toHaveURL("/");
  await waitForHydrated(page);
  await expect(page.getByRole("link", { name: "ada" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
});

test("one comes back to the page that was asked for @nojs", async ({ page, server }) => {
  await addUser(server, "ada", "admin");
  await page.goto("/tokens?window=7d");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await signIn(page, "ada", "wrong");
  await expect(alert(page)).toHaveText("Name or password is wrong.");
  await signIn(page, "ada");
  await expect(page).toHaveURL("/tokens?window=7d");
});

test("who guesses waits @nojs", async ({ page, server }) => {
  await addUser(server, "ada", "admin");
  await page.goto("/sign-in");
  for (let tries = 0; tries < 5; tries++) {
    await signIn(page, "ada", `wrong ${tries}`);
    await expect(alert(page)).toHaveText("Name or password is wrong.");
  }
  await signIn(page, "ada");
  await expect(alert(page)).toContainText(/Too many tries. Wait \d+ seconds/);
});

test.describe("a lesser role", () => {
  test.use({ expected: /answer 403|status of 403/ });

  test("a viewer reads, and is refused what changes something", async ({ page, server }) => {
    await addUser(server, "root", "admin");
    await addUser(server, "vera", "viewer");
    await page.goto("/tokens");
    await signIn(page, "vera");
    await waitForHydrated(page);
    await expect(refreshButton(page)).toBeHidden();
    await expect(page.getByRole("link", { name: "Users" })).toBeHidden();
    await open(page, "/settings");
    await expect(page.getByText("Your account reads these settings; an admin changes them.")).toBeVisible();
    await expect(page.getByLabel("Monthly budget")).toBeDisabled();
    await expectAccessible(page);
    // Nothing on any page is a button that would be refused; what one sees for oneself (theme, account) stays.
    const shown = page.locator("main").getByRole("button").filter({ visible: true });
    for (const path of ["/", "/projects", "/kanban", "/sources", "/prices", "/alerts", "/orders", "/connect", "/sync"]) {
      await open(page, path);
      const names = (await shown.allInnerTexts()).map((name) => name.trim()).filter((name) => name !== "");
      for (const name of names) expect(name, path).not.toMatch(/Sync|Refresh|Save|Set|Move|Acknowledge|Snooze|Remove|Add|Send|Test|Read again/);
    }
    for (const name of ["Clients", "Users"]) await expect(page.getByRole("link", { name, exact: true })).toBeHidden();
    const refused = await page.request.post("/api/sync");
    expect(refused.status()).toBe(403);
  });

  test("a client's person sees their account and nothing of others", async ({ page, server }) => {
    await addUser(server, "root", "admin");
    await addUser(server, "carl", "client");
    await page.goto("/account");
    await signIn(page, "carl");
    await expect(page).toHaveURL("/account");
    await waitForHydrated(page);
    await expect(page.getByText("client of bistro")).toBeVisible();
    await expect(page.getByRole("link", { name: "Tokens" })).toBeHidden();
    await expect(refreshButton(page)).toBeHidden();
    await expectAccessible(page);
    for (const path of ["/data/analytics.json", "/events", "/api/alerts"])
      expect((await page.request.get(path)).status(), path).toBe(403);
  });
});

test("a second factor is asked for once it is on", async ({ page, server }) => {
  // Five passwords, and axe three times.
  test.slow();
  await addUser(server, "ada", "admin");
  await page.goto("/account");
  await signIn(page, "ada");
  await page.getByRole("button", { name: "Set it up" }).click();
  const factor = card(page, "Second factor");
  const secret = await factor.locator("code").innerText();
  await expect(factor.getByRole("img", { name: "QR code" })).toBeVisible();
  await waitForHydrated(page);
  await expectAccessible(page);
  await factor.getByLabel("Code the app shows").fill(code(secret));
  await factor.getByRole("button", { name: "Turn it on" }).click();
  await expect(page.locator(".secrets li")).toHaveCount(10);
  await waitForHydrated(page);
  await expectAccessible(page);
  const recovery = await page.locator(".secrets li").first().innerText();
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, "ada");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("One more step");
  await expectAccessible(page);
  await page.getByLabel("Code").fill("000000");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(alert(page)).toContainText("That code does not count");
  await page.getByLabel("Code").fill(code(secret, 1));
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page).toHaveURL("/");
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, "ada");
  await page.getByLabel("Code").fill(recovery.toUpperCase());
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page).toHaveURL("/");
});

test.describe("while a page is open", () => {
  test.use({ expected: /answer 401|status of 401/ });

  test("a session that was ended elsewhere leads to the sign-in page", async ({ page, server, browser }) => {
    await addUser(server, "ada", "admin");
    const context = await browser.newContext({ baseURL: server.url });
    const other = await context.newPage();
    await other.goto("/tokens");
    await signIn(other, "ada");
    await waitForHydrated(other);
    await page.goto("/account");
    await signIn(page, "ada");
    const sessions = card(page, "Sessions");
    await expect(sessions.getByRole("row")).toHaveCount(3);
    await sessions.getByRole("button", { name: /^End the session/ }).click();
    await expect(page.getByText("That session is ended.")).toBeVisible();
    await expect(sessions.getByRole("row")).toHaveCount(2);
    // The next numbers the other page asks for.
    await other.getByRole("link", { name: "90 days" }).click();
    await expect(other).toHaveURL(/\/sign-in\?next=%2Ftokens/);
    await context.close();
  });
});

test("a token works for a script until it is revoked", async ({ page, server }) => {
  await addUser(server, "ada", "admin");
  await page.goto("/account");
  await signIn(page, "ada");
  const tokens = card(page, "Tokens for scripts");
  await tokens.getByLabel("What it is for").fill("nightly report");
  await tokens.getByRole("button", { name: "Make a token" }).click();
  const key = await page.locator(".secrets code").innerText();
  const ask = async (method = "GET", path = "/data/analytics.json") =>
    (await fetch(server.url + path, { method, headers: { authorization: `Bearer ${key}` } })).status;
  expect(await ask()).toBe(200);
  expect(await ask("POST", "/api/sync")).toBe(403);
  await waitForHydrated(page);
  await expectAccessible(page);
  await tokens.getByRole("button", { name: "Revoke the token nightly report" }).click();
  await expect(page.getByText("The token counts no longer.")).toBeVisible();
  expect(await ask()).toBe(401);
});

for (const look of [{ colorScheme: "dark" }, { colorScheme: "light", viewport: { width: 360, height: 740 } }] as const) {
  test.describe(`${look.colorScheme}${"viewport" in look ? ", phone" : ""}`, () => {
    test.use(look);

    test("every page of it is accessible, and none is too wide", async ({ page, server }) => {
      test.slow();
      await addUser(server, "ada", "admin");
      await addUser(server, "carl", "client");
      await page.goto("/users");
      await waitForHydrated(page);
      await expectAccessible(page);
      await signIn(page, "ada");
      for (const path of ["/users", "/account", "/reset?key=none", "/setup?key=none"]) {
        await open(page, path);
        for (const summary of await page.locator("main summary").all()) await summary.click();
        await expectAccessible(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
        expect(wide, path).toBe(false);
      }
    });
  });
}
