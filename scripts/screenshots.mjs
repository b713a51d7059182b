// Takes the README's screenshots of a running dashboard: node scripts/screenshots.mjs [URL] [FOLDER]
// Every page, light and dark, and at the width of a phone. Fails on any console message, so that a picture is also a check.
import { existsSync, mkdirSync } from "node:fs";
import { chromium } from "@playwright/test";

const [url = "http://127.0.0.1:3000", folder = "docs/screenshots"] = process.argv.slice(2);
const pages = {
  overview: "/",
  projects: "/projects",
  project: "/projects/storefront",
  "project-spend": "/projects/storefront?tab=spend",
  "project-quality": "/projects/storefront?tab=quality",
  "project-timeline": "/projects/storefront?tab=timeline",
  tokens: "/tokens",
  analytics: "/analytics",
  quality: "/quality",
  kanban: "/kanban",
  orders: "/orders",
  clients: "/clients",
  sources: "/sources",
  prices: "/prices",
  alerts: "/alerts",
  settings: "/settings",
  "sync-log": "/sync",
  "not-found": "/nowhere",
};
const looks = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  phone: { colorScheme: "light", viewport: { width: 360, height: 800 } },
};
const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => path && existsSync(path),
);
const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath, args });
let complaints = 0;
for (const [look, options] of Object.entries(looks)) {
  const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
  for (const [name, path] of Object.entries(pages)) {
    const page = await context.newPage();
    page.on("console", (message) => {
      if (name === "not-found" && message.text().includes("404")) return;
      complaints += 1;
      console.error(`${look} ${name}: ${message.text()}`);
    });
    page.on("pageerror", (error) => {
      complaints += 1;
      console.error(`${look} ${name}: ${error}`);
    });
    await page.goto(url + path);
    await page.waitForFunction(() => window._hydrated === true);
    if (await page.locator(".canvas").count()) await page.locator(".canvas canvas").first().waitFor();
    await page.screenshot({ path: `${folder}/${name}-${look}.png`, fullPage: look !== "phone", animations: "disabled" });
    await page.close();
  }
  await context.close();
}
await browser.close();
process.exit(complaints ? 1 : 0);
