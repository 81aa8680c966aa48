import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { decodeRequest, FrameReader, MessageType } from "../../packages/ttrpc/src/index.ts";

/**
 * A recorder between a client and a shim. Its launcher calls the real one and answers with the recorder's own socket,
 * which passes all data on unchanged.
 */
export class TaskRecorder implements AsyncDisposable {
  /** Path of the launcher. */
  readonly launcher: string;
  /** Every call that a client made: `Create` … */
  readonly calls: string[] = [];
  readonly services = new Set<string>();
  readonly #dir: string;
  readonly #server = createServer((client) => this.#pass(client));

  private constructor(dir: string, launcher: string) {
    mkdirSync(dir);
    this.#dir = dir;
    this.launcher = join(dir, "launcher");
    const script = `#!/bin/sh
echo "$*" >>${dir}/lines
case "$*" in
  *" start") ;;
  *) exec ${launcher} "$@" ;;
esac
real=$(${launcher} "$@") || { printf '%s' "$real"; exit 1; }
printf '%s' "\${real#unix://}" >${dir}/real
printf 'unix://${dir}/s' >address
printf 'unix://${dir}/s'
`;
    writeFileSync(this.launcher, script, { mode: 0o755 });
  }

  /** Starts the recorder. @param launcher path of the real launcher. */
  static async start(dir: string, launcher: string): Promise<TaskRecorder> {
    const recorder = new TaskRecorder(dir, launcher);
    await new Promise<void>((resolve) => recorder.#server.listen(join(dir, "s"), resolve));
    return recorder;
  }

  /** Command lines with which the launcher was called. */
  get commandLines(): readonly string[] {
    const path = join(this.#dir, "lines");
    return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
  }

  #pass(client: Socket): void {
    const shim = connect(readFileSync(join(this.#dir, "real"), "utf8"));
    const reader = new FrameReader();
    client.on("data", (chunk: Buffer) => {
      reader.push(Buffer.from(chunk));
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) {
        if (frame.type !== MessageType.Request || frame.data === undefined) continue;
        const { service, method } = decodeRequest(frame.data);
        this.services.add(service);
        this.calls.push(method);
      }
    });
    client.pipe(shim).pipe(client);
    client.on("error", () => shim.destroy()).on("close", () => shim.destroy());
    shim.on("error", () => client.destroy()).on("close", () => client.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
