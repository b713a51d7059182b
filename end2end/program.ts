// The real binary as a child process, with everything it says.
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const binary = process.env.ALLCLEAR_BIN ?? path.join(root, "target/debug/allclear");

export class Program {
  /** What it printed as its result, and all it said, the log included. */
  stdout = "";
  output = "";
  /** The exit code; `null` when a signal ended it. */
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(args: string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.child = spawn(binary, args, { cwd, env });
    this.child.stdout?.on("data", (text) => {
      this.stdout += text;
      this.output += text;
    });
    this.child.stderr?.on("data", (text) => (this.output += text));
    this.ended = new Promise((resolve) => {
      this.child.on("error", (error) => {
        this.output += `${binary}: ${error.message}\n`;
        resolve(null);
      });
      // "close" comes after the last of the output, "exit" may come before it.
      this.child.on("close", (code) => resolve(code));
    });
  }

  get pid() {
    return this.child.pid;
  }

  get isRunning() {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  kill(signal: NodeJS.Signals) {
    this.child.kill(signal);
  }
}
