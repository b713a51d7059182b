// A dashboard on a free port, with data, configuration and logs of its own: nothing of the machine's user is read.
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ClaudeMessage, claudeLine } from "./claude.ts";
import { Program } from "./program.ts";

/** A debug build answers in well under a second; a busy machine may need more. */
const START_LIMIT_MS = 15_000;
/** The server's own drain ends after 10 s. */
const STOP_LIMIT_MS = 15_000;

export type ServerOptions = { args?: string[]; env?: Record<string, string> };

/** What `/events` tells, as far as tests look at it. */
export type LiveState = {
  version: string;
  snapshot: number;
  /** The run in progress; `total` is 0 until the reading is under way. */
  running: { total: number } | null;
  last: { trigger: string } | null;
};

export class Server {
  readonly url: string;
  private program?: Program;
  private readonly programs: Program[] = [];

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

  /** Everything said so far, by the dashboard and by commands beside it. */
  get output() {
    return this.programs.map((program) => program.output).join("\n");
  }

  /** Starts the dashboard and waits until it answers and its first run, if it makes one, has ended. */
  async start() {
    const args = this.options.args ?? ["serve"];
    const program = this.run(...args);
    this.program = program;
    const deadline = Date.now() + START_LIMIT_MS;
    while (!(await this.isHealthy())) {
      if (!program.isRunning || Date.now() > deadline)
        throw new Error(`the dashboard did not come up at ${this.url}:\n${program.output}`);
      await pause(25);
    }
    const runsAtStart = !args.includes("--no-schedule");
    // Nobody is told anything who would have to sign in.
    if ((await fetch(`${this.url}/data/analytics.json`)).status === 401) return;
    await this.state((state) => !state.running && (state.last !== null || !runsAtStart));
  }

  /** Asks the dashboard to end, as a service manager would; returns its exit code, `null` when it had to be killed. */
  async stop(): Promise<number | null> {
    const program = this.program;
    if (!program?.isRunning) return program ? program.ended : 0;
    program.kill("SIGTERM");
    const timer = setTimeout(() => program.kill("SIGKILL"), STOP_LIMIT_MS);
    const code = await program.ended;
    clearTimeout(timer);
    return code;
  }

  /** Ends whatever is left and removes the folders. */
  async remove() {
    for (const program of this.programs.filter((program) => program.isRunning)) {
      program.kill("SIGKILL");
      await program.ended;
    }
    await rm(this.home, { recursive: true, force: true });
  }

  /** Has the dashboard sync, as a script would. */
  async sync() {
    const answer = await fetch(`${this.url}/api/sync`, { method: "POST" });
    if (!answer.ok) throw new Error(`the sync was answered with ${answer.status}: ${await answer.text()}`);
  }

  /** Runs a command, such as `sync`, on the same folders. */
  run(...args: string[]): Program {
    const program = new Program(args, this.home, this.env());
    this.programs.push(program);
    return program;
  }

  /** Waits until the live stream tells of a state that is wanted. */
  async state(wanted: (state: LiveState) => boolean): Promise<LiveState> {
    const answer = await fetch(`${this.url}/events`, { signal: AbortSignal.timeout(START_LIMIT_MS) });
    let unread = "";
    for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (unread + chunk).split("\n");
      unread = lines.pop()!;
      for (const line of lines.filter((line) => line.startsWith("data:"))) {
        const state = JSON.parse(line.slice("data:".length)) as LiveState;
        if (wanted(state)) return state;
      }
    }
    throw new Error("the live stream ended");
  }

  /** Appends messages to a Claude Code log, as the tool itself would while someone works. */
  async writeClaude(message: ClaudeMessage = {}, count = 1) {
    const lines = Array.from({ length: count }, () => claudeLine(message));
    const [{ slug, session }] = lines;
    const folder = path.join(this.claudeDir, "projects", slug);
    await mkdir(folder, { recursive: true });
    await appendFile(path.join(folder, `${session}.jsonl`), lines.map(({ line }) => `${line}\n`).join(""));
  }

  /** Writes `data/<name>`; anything but text is written as JSON. */
  async writeData(name: string, content: unknown) {
    const file = path.join(this.dataDir, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
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
      RUST_BACKTRACE: "1",
      ALLCLEAR_ADDR: `127.0.0.1:${this.port}`,
      ALLCLEAR_DATA_DIR: this.dataDir,
      ALLCLEAR_TIMEZONE: "UTC",
      CLAUDE_CONFIG_DIR: this.claudeDir,
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
