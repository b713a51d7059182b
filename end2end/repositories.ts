// Projects for tests: repositories in the dashboard's home, with the source and the reports a test wants in them.
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Server } from "./server.ts";

/** Text by the path of its file. */
export type Files = Record<string, string>;

/** Makes a repository with one commit of each, under a root that the dashboard knows; another call adds more. */
export async function writeProjects(server: Server, projects: Record<string, Files>) {
  for (const [name, files] of Object.entries(projects)) {
    const folder = projectFolder(server, name);
    for (const [file, text] of Object.entries({ "README.md": `# ${name}\n`, ...files })) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    git(folder, "init", "--quiet", "--initial-branch=main");
    git(folder, "add", ".");
    git(folder, "commit", "--quiet", "--message=First");
  }
  await server.writeData("config/projects.json", { roots: [path.join(server.home, "work")] });
}

export function projectFolder(server: Server, name: string) {
  return path.join(server.home, "work", name);
}

/** An LCOV report of one file. */
export function lcov(file: string, covered: number, lines: number) {
  const hits = Array.from({ length: lines }, (_, at) => `DA:${at + 1},${at < covered ? 1 : 0}`);
  return [`SF:${file}`, ...hits, "end_of_record", ""].join("\n");
}

/** Nothing of the machine's user: no hooks, no signatures, no name. */
function git(folder: string, ...args: string[]) {
  const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.test", ...args], { cwd: folder, env });
}
