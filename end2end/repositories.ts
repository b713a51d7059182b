// Real repositories below a folder that the dashboard is told of.
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Server } from "./server.ts";

const DAY_MS = 86_400_000;

export type Repository = {
  /** Its files: path in the repository, and text. */
  files?: Record<string, string>;
  /** When its commits were made. */
  daysAgo?: number;
  /** A branch of one commit that was merged. */
  merged?: string;
};

/** Where the repositories of a dashboard lie. */
export function codeDir(server: Server) {
  return path.join(server.home, "code");
}

/** Has the dashboard look for projects below `codeDir`. */
export async function writeRoots(server: Server) {
  await mkdir(codeDir(server), { recursive: true });
  await server.writeData("config/projects.json", { roots: [codeDir(server)] });
}

/** Makes a repository with a first commit; returns its folder. */
export async function makeRepository(server: Server, name: string, repository: Repository = {}): Promise<string> {
  const folder = path.join(codeDir(server), name);
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(repository.files ?? {})) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  const date = new Date(Date.now() - (repository.daysAgo ?? 0) * DAY_MS).toISOString();
  const person = (role: string) => ({ [`GIT_${role}_NAME`]: "Ada", [`GIT_${role}_EMAIL`]: "ada@example.test", [`GIT_${role}_DATE`]: date });
  const env = {
    PATH: process.env.PATH,
    HOME: server.home,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    ...person("AUTHOR"),
    ...person("COMMITTER"),
  };
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env, stdio: "pipe" });
  git("init", "-q", "-b", "main");
  git("add", "--all");
  git("commit", "-q", "--allow-empty", "-m", "First");
  if (repository.merged) {
    git("checkout", "-q", "-b", repository.merged);
    git("commit", "-q", "--allow-empty", "-m", "Add the cart");
    git("checkout", "-q", "main");
    git("merge", "-q", "--no-ff", "-m", `Merge branch '${repository.merged}'`, repository.merged);
  }
  return folder;
}

/** Text by the path of its file. */
export type Files = Record<string, string>;

/** Makes a repository of each, below a root that the dashboard knows; another call adds more. */
export async function writeProjects(server: Server, projects: Record<string, Files>) {
  await writeRoots(server);
  for (const [name, files] of Object.entries(projects))
    await makeRepository(server, name, { files: { "README.md": `# ${name}\n`, ...files } });
}

export function projectFolder(server: Server, name: string) {
  return path.join(codeDir(server), name);
}

/** An LCOV report of one file. */
export function lcov(file: string, covered: number, lines: number) {
  const hits = Array.from({ length: lines }, (_, at) => `DA:${at + 1},${at < covered ? 1 : 0}`);
  return [`SF:${file}`, ...hits, "end_of_record", ""].join("\n");
}
