import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync } from "node:fs";
import { dirname } from "node:path";
import { until } from "./until.ts";

const nobody = 65534;

/** Prints one line when it listens, and one per closed connection: the number of bytes received. */
const script = `require("node:net").createServer((socket) => {
  let count = 0;
  socket.on("data", (bytes) => { count += bytes.length; }).on("error", () => {}).on("close", () => console.log(count));
}).listen(process.argv[1], () => console.log("listening"));`;

/** A process of another user that listens on a socket which looks like root's. */
export class ForeignListener implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];

  private constructor(process: ChildProcess) {
    this.#process = process;
    process.stdout?.setEncoding("utf8").on("data", (text: string) => this.#lines.push(...text.trim().split("\n")));
  }

  /** Starts it. The directory of `path` must belong to root and hold only this socket. */
  static async start(path: string): Promise<ForeignListener> {
    chmodSync(dirname(path), 0o777);
    const options = { uid: nobody, gid: nobody, stdio: ["ignore", "pipe", "inherit"] as ["ignore", "pipe", "inherit"] };
    const listener = new ForeignListener(spawn(process.execPath, ["-e", script, path], options));
    await until(() => listener.#lines.includes("listening"));
    chownSync(path, 0, 0);
    chmodSync(dirname(path), 0o755);
    return listener;
  }

  /** Number of bytes received on each closed connection. */
  get received(): readonly number[] {
    return this.#lines.filter((line) => line !== "listening").map(Number);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}
