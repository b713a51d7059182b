#!/usr/bin/env node
// Writes the corpus the speed goals are measured on: four months of a large team's Claude Code logs (570 MB, 1,000
// files, 100,000 distinct messages) and `expected.json`, the totals a correct reader must find in it.
//
//   node benches/corpus.mjs OUT [--end 2026-11-20] [--seed 1] [--files 1000] [--messages 100000] [--mb 570]
//
// The same arguments give the same bytes on every machine: no clock and no Math.random in what is written. It writes
// into OUT only, refuses an OUT that holds anything but an earlier corpus, and never learns its answers from Allclear:
// corpus/answers.mjs counts them from the lines as they are written, by the rules stated there.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

import { Answers } from "./corpus/answers.mjs";
import { Chance } from "./corpus/chance.mjs";
import { Lines } from "./corpus/lines.mjs";
import { Pages } from "./corpus/pages.mjs";

const DAY_MS = 86_400_000;
const DAYS = 120;
const SUBAGENT_SHARE = 0.05; // of all files
const RESUMED_SHARE = 0.03;
const SUBAGENT_MESSAGES = 0.02; // of all messages
const PROJECTS = [
  "storefront", "billing-api", "mobile", "docs-site", "infra", "proj-07", "data-lake",
  "search", "auth", "design-system", "reports", "etl", "edge", "playground",
];
// Name, first day in use, weight. New models take over from old ones; the last has no price anywhere.
const MODELS = [
  ["claude-opus-4-8", "2026-01-01", 2],
  ["claude-opus-5", "2026-07-24", 4],
  ["claude-opus-5-5", "2026-09-22", 9],
  ["claude-sonnet-4-6", "2026-01-01", 1],
  ["claude-sonnet-5", "2026-06-30", 3],
  ["claude-sonnet-5-5", "2026-09-28", 6],
  ["claude-haiku-4-5", "2026-01-01", 2],
  ["claude-haiku-5-5", "2026-10-07", 3],
  ["claude-next-preview", "2026-11-06", 0.4],
];

const began = performance.now();
const options = readOptions(process.argv.slice(2));
prepare(options.out);
const chance = new Chance(options.seed);
const pages = new Pages(chance);
const answers = new Answers();
writeCorpus(plan());
const expected = { options: options.given, corpus: { ...pages.written }, ...answers.tally() };
writeFileSync(join(options.out, "expected.json"), `${JSON.stringify(expected, null, 2)}\n`);
const { files, bytes, lines } = pages.written;
console.log(
  `${files} files, ${(bytes / 1e6).toFixed(1)} MB, ${lines} lines, ${expected.totals.messages} messages ` +
    `in ${((performance.now() - began) / 1000).toFixed(1)} s: ${options.out}`,
);

/** The sessions, oldest first, each with its number of messages; together exactly `options.messages`. */
function plan() {
  const subagents = Math.round(options.files * SUBAGENT_SHARE);
  const mains = options.files - subagents;
  const sessions = Array.from({ length: mains }, (_, index) => {
    const day = Math.min(DAYS - 1, Math.floor(((index + chance.next()) / mains) * DAYS));
    const dayMs = options.endMs - (DAYS - 1 - day) * DAY_MS;
    const project = PROJECTS[Math.floor(chance.next() * chance.next() * PROJECTS.length)];
    const [id, model, weight] = [chance.uuid(), pickModel(dayMs), 0.08 + chance.next() ** 3 * 4];
    return { id, project, dayMs, model, weight, messages: 0, agent: null, resumes: null, resumedLater: false };
  });
  for (let i = 0; i < subagents; i += 1) {
    const parent = sessions[Math.floor(((i + 0.5) / subagents) * mains)];
    parent.agent = { id: chance.hex(8), model: pickModel(parent.dayMs), messages: 0 };
  }
  linkResumed(sessions, Math.round(options.files * RESUMED_SHARE));
  shareMessages(sessions, subagents);
  return sessions;
}

/** A resumed session copies the beginning of an earlier one of the same project. */
function linkResumed(sessions, wanted) {
  for (let i = 0, left = wanted; left > 0 && i < sessions.length; i += 1) {
    const at = Math.floor(((i * 31) % sessions.length + sessions.length / 2) % sessions.length);
    const session = sessions[at];
    const earlier = sessions.slice(Math.max(0, at - 60), at).reverse();
    const source = earlier.find((other) => other.project === session.project && !other.resumes);
    if (!source || session.resumes) continue;
    session.resumes = source;
    source.resumedLater = true;
    left -= 1;
  }
}

function shareMessages(sessions, subagents) {
  const perAgent = Math.max(1, Math.round((options.messages * SUBAGENT_MESSAGES) / Math.max(1, subagents)));
  const forMains = options.messages - perAgent * subagents;
  const weights = sessions.reduce((sum, session) => sum + session.weight, 0);
  let left = forMains;
  for (const session of sessions) {
    if (session.agent) session.agent.messages = perAgent;
    session.messages = Math.max(1, Math.floor((forMains * session.weight) / weights));
    left -= session.messages;
  }
  for (let i = 0; left !== 0; i = (i + 1) % sessions.length) {
    const step = left > 0 ? 1 : sessions[i].messages > 1 ? -1 : 0;
    sessions[i].messages += step;
    left -= step;
  }
}

function pickModel(dayMs) {
  const day = new Date(dayMs).toISOString().slice(0, 10);
  const known = MODELS.filter(([, from]) => from <= day);
  let at = chance.next() * known.reduce((sum, [, , weight]) => sum + weight, 0);
  return (known.find(([, , weight]) => (at -= weight) < 0) ?? known[0])[0];
}

function writeCorpus(sessions) {
  const lines = new Lines(chance, pages, answers);
  const cutShort = new Set([3, Math.floor(sessions.length / 2), sessions.length - 1]);
  let messagesLeft = options.messages;
  sessions.forEach((session, index) => {
    const folder = join(options.out, "projects", `-home-dev-${session.project}`);
    // What is left of the bytes is shared over what is left of the messages, so that the total comes out right.
    const bytesPerMessage = Math.max(300, (options.bytes - pages.written.bytes) / messagesLeft);
    lines.session(session, bytesPerMessage, cutShort.has(index));
    pages.save(join(folder, `${session.id}.jsonl`));
    messagesLeft -= session.messages;
    if (session.agent) {
      lines.subagent(session, bytesPerMessage);
      pages.save(join(folder, session.id, "subagents", `agent-${session.agent.id}.jsonl`));
      messagesLeft -= session.agent.messages;
    }
  });
}

function readOptions(words) {
  const values = { end: "2026-11-20", seed: "1", files: "1000", messages: "100000", mb: "570" };
  const rest = [];
  for (let i = 0; i < words.length; i += 1) {
    const name = words[i].replace(/^--/, "");
    if (words[i].startsWith("--") && name in values && words[i + 1]) values[name] = words[(i += 1)];
    else rest.push(words[i]);
  }
  const endMs = Date.parse(`${values.end}T00:00:00Z`);
  const [seed, files, messages, mb] = ["seed", "files", "messages", "mb"].map((name) => Number(values[name]));
  const sound = [seed, files, messages, mb].every((n) => Number.isInteger(n) && n > 0) && messages >= files;
  if (rest.length !== 1 || rest[0].startsWith("-") || Number.isNaN(endMs) || !sound) {
    console.error(
      "usage: node benches/corpus.mjs OUT [--end YYYY-MM-DD] [--seed N] [--files N] [--messages N] [--mb N]\n" +
        "       (a message or more per file)",
    );
    process.exit(2);
  }
  const given = { end: values.end, seed, files, messages, mb };
  return { out: rest[0], given, endMs, seed, files, messages, bytes: mb * 1e6 };
}

/** An earlier corpus is replaced; anything else is somebody's and stays. */
function prepare(folder) {
  mkdirSync(folder, { recursive: true });
  const marker = join(folder, ".corpus");
  const present = readdirSync(folder);
  const ours = existsSync(marker) && readFileSync(marker, "utf8").startsWith("allclear bench corpus");
  const strangers = present.some((name) => ![".corpus", "expected.json", "projects"].includes(name));
  if (strangers || (present.length > 0 && !ours)) {
    console.error(`${folder} holds something else than a bench corpus: name another folder.`);
    process.exit(1);
  }
  writeFileSync(marker, "allclear bench corpus: made by benches/corpus.mjs, safe to delete\n");
  rmSync(join(folder, "expected.json"), { force: true });
  rmSync(join(folder, "projects"), { recursive: true, force: true });
}
