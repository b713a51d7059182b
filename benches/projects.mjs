#!/usr/bin/env node
// Writes repositories to measure the reading of projects on: N of them with M files each, ten commits of the last days,
// a manifest and a readme.
//
//   node benches/projects.mjs OUT [--repositories 14] [--files 500] [--end 2026-11-20]
//
// The same arguments give the same files and commits on every machine. It writes into OUT only, and refuses one that
// holds anything but its own.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const COMMITS = 10;
const DAY_S = 86_400;
const FILES_PER_FOLDER = 50;
const MARKER = ".made-by-bench";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repositories: { type: "string", default: "14" },
    files: { type: "string", default: "500" },
    end: { type: "string", default: "2026-11-20" },
  },
});
const [out] = positionals;
if (out === undefined) {
  console.error("name the folder to write into: node benches/projects.mjs OUT");
  process.exit(2);
}
if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, MARKER))) {
  console.error(`${out} holds something else; name another folder`);
  process.exit(2);
}
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
writeFileSync(join(out, MARKER), "");

const end = Date.parse(values.end) / 1000;
const text = (number) => {
  const functions = Array.from({ length: 5 + (number % 40) }, (_, at) => `// Part ${at}\nexport function f${at}(x) {\n  return x + ${number};\n}\n`);
  return functions.join("\n");
};
// A handful of texts: what is measured is reading, not writing.
const texts = Array.from({ length: 97 }, (_, number) => text(number));

function git(folder, at, ...args) {
  const when = `${at} +0000`;
  const who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.test", "-c", "gc.auto=0", "-c", "commit.gpgsign=false"];
  const env = { ...process.env, GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
  execFileSync("git", [...who, ...args], { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
}

const files = Number(values.files);
for (let number = 0; number < Number(values.repositories); number += 1) {
  const folder = join(out, `project-${String(number).padStart(3, "0")}`);
  mkdirSync(folder);
  git(folder, end, "init", "-q", "-b", "main");
  writeFileSync(join(folder, "README.md"), `# Project ${number}\n`);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ description: `Number ${number}`, dependencies: { react: "19", next: "16" } }));
  const written = [];
  for (let file = 0; file < files; file += 1) {
    const inner = join(folder, "src", `part-${Math.floor(file / FILES_PER_FOLDER)}`);
    if (file % FILES_PER_FOLDER === 0) mkdirSync(inner, { recursive: true });
    const path = join(inner, `file-${file}.ts`);
    writeFileSync(path, texts[(file + number) % texts.length]);
    written.push(path);
  }
  // Files as old as their index are compared by their content, which is not what an ordinary repository is like.
  for (const path of written) utimesSync(path, end, end);
  git(folder, end, "add", "-A");
  for (let commit = COMMITS - 1; commit >= 0; commit -= 1) {
    git(folder, end - commit * DAY_S, "commit", "-q", "--allow-empty", "-m", `Step ${COMMITS - commit}`);
  }
}
