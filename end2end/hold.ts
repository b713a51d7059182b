// Stops a run in its middle for as long as a test wants: real, and without a word about time.
import { access, mkdir, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "@playwright/test";
import type { Server } from "./server.ts";

/** Read at ten gigabytes a second, it still takes minutes; sparse, it takes no room on the disk. */
const BYTES = 4e12;

/**
 * A log so long that the run that reads it is in progress until `release` cuts it short. It comes first by its name, and
 * takes a group of files for itself: the other logs are read after it.
 */
export class EndlessLog {
  private constructor(private readonly file: string) {}

  static async write(server: Server): Promise<EndlessLog> {
    const file = path.join(server.claudeDir, "projects", "-endless", "endless.jsonl");
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, "");
    await truncate(file, BYTES);
    return new EndlessLog(file);
  }

  /** Ends the run that reads the log; the next ones find nothing. */
  async release() {
    await truncate(this.file, 0);
    await rm(this.file);
  }
}

/** Whether there is a lock file, which is there while a run is in progress. */
export function hasLock(server: Server): Promise<boolean> {
  return access(path.join(server.dataDir, ".sync-lock")).then(
    () => true,
    () => false,
  );
}

/** Waits until a run is in progress, whoever made it. */
export async function expectLock(server: Server) {
  await expect.poll(() => hasLock(server), { message: "nobody syncs", intervals: [10] }).toBe(true);
}
