// Data for tests that look at the pages rather than at the numbers.
import type { Server } from "./server.ts";

const DAY_MS = 86_400_000;
const MODELS = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-next-preview"];

/** A month of several models (one without a price) and projects (one with a long name): two pages of sessions. */
export async function writeMonth(server: Server) {
  for (let number = 0; number < 24; number += 1) {
    const project = number % 6 ? `project-${number % 6}` : "a-project-whose-name-is-longer-than-any-telephone-is-wide";
    await server.writeClaude({
      session: `c0ffee00-0000-4000-8000-${String(number).padStart(12, "0")}`,
      cwd: `/home/dev/${project}`,
      model: MODELS[number % MODELS.length],
      output: 1000 * (number + 1),
      timestamp: new Date(Date.now() - number * DAY_MS),
    });
  }
}

/** A source that fails, and a choice that cannot be used: every place that tells of trouble has something to tell. */
export async function breakThings(server: Server) {
  await server.writeData("tokens.json", '{"entries": [');
  await server.writeData("config/sync.json", { interval: 15 });
}
