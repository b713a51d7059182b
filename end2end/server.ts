// The real binary on a free port, with data, configuration and logs of its own: nothing of the machine's user is read.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ClaudeMessage, claudeLine } from "./claude.ts";

const root = path.resolve(import.meta.dirname, "..");
const binary = process.env.ALLCLEAR_BIN ?? path.join(root, "target/debug/allclear");

/** A debug build answers in well under a second; a busy machine may need more. */
const START_LIMIT_MS = 15_000;
/** The server's own drain ends after 10 s. */
const STOP_LIMIT_MS = 15_000;

export type ServerOptions = { args?: string[]; env?: Record<string, string> };

export class Server {
  output = "";
  readonly url: string;

  private constructor(
    readonly home: string,
    readonly port: number,
    private readonly options: ServerOptions,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Makes the folders, but does not start yet: a test may first write configuration and logs. */
  static async prepare(options: ServerOptions = {}): Promise<Server> {
    const server = new Server(await mkdtemp(path.join(tmpdir(), "allclear-e2e-")), await freePort(), options);
    await mkdir(server.dataDir);
    await mkdir(server.claudeDir);
    return server;
  }

  get dataDir() {
    return path.join(this.home, "data");
  }

  get claudeDir() {
    return path.join(this.home, "claude");
  }

  private child?: ChildProcess;

  async start() {
    this.child = spawn(binary, this.options.args ?? ["serve"], { cwd: this.home, env: this.env() });
    this.child.stdout?.on("data", (text) => (this.output += text));
    this.child.stderr?.on("data", (text) => (this.output += text));
    this.child.on("error", (error) => (this.output += `${error.message}\n`));
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await this.isHealthy())) {
      if (this.child.exitCode !== null || !this.child.pid || Date.now() > deadline)
        throw new Error(`${binary} did not come up at ${this.url}:\n${this.output}`);
      await pause(25);
    }
  }

  /** Asks the server to end, as a service manager would, and returns its exit code. */
  async stop(): Promise<number | null> {
    const child = this.child;
    if (!child?.pid) return 0;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    }
    return child.exitCode;
  }

  async remove() {
    await rm(this.home, { recursive: true, force: true });
  }

  /** Appends a message to a Claude Code log, as the tool itself would while someone works. */
  async writeClaude(message: ClaudeMessage = {}) {
    const { line, slug, session } = claudeLine(message);
    const folder = path.join(this.claudeDir, "projects", slug);
    await mkdir(folder, { recursive: true });
    await appendFile(path.join(folder, `${session}.jsonl`), `${line}\n`);
  }

  /** Writes `data/config/<name>.json`. */
  async writeConfig(name: string, value: unknown) {
    await mkdir(path.join(this.dataDir, "config"), { recursive: true });
    await writeFile(path.join(this.dataDir, "config", `${name}.json`), JSON.stringify(value, null, 2));
  }

  private async isHealthy(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/healthz`)).status === 200;
    } catch {
      return false;
    }
  }

  private env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH,
      HOME: this.home,
      TZ: "UTC",
      RUST_BACKTRACE: "1",
      ALLCLEAR_ADDR: `127.0.0.1:${this.port}`,
      ALLCLEAR_DATA_DIR: this.dataDir,
      CLAUDE_CONFIG_DIR: this.claudeDir,
      // What cargo-leptos tells the server; the hashes of the files stand in hash.txt beside the binary.
      LEPTOS_OUTPUT_NAME: "allclear",
      LEPTOS_SITE_ROOT: path.join(root, "target/site"),
      LEPTOS_SITE_PKG_DIR: "pkg",
      LEPTOS_HASH_FILES: "true",
      ...this.options.env,
    };
  }
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as { port: number };
  listener.close();
  await once(listener, "close");
  return port;
}
