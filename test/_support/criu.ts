import { existsSync } from "node:fs";
import { join } from "node:path";
import { wire } from "../../packages/core/src/proto/gen/wire.js";
import { Fifo } from "../../packages/core/test/_support/fifo.ts";
import { until } from "./until.ts";

const cache = join(import.meta.dirname, "../../.cache");

/** Directory of a criu that supports this machine's kernel, which is too new for older ones. */
export const criuDir: string = requireDir("criu/4.2/usr/sbin");

/** A later runc than the installed one. */
export const laterRunc: string = join(requireDir("runc/1.3/usr/sbin"), "runc");

/** A crun that is built with CRIU. */
export const laterCrun: string = join(requireDir("crun/1.21/usr/bin"), "crun");

function requireDir(name: string): string {
  const dir = join(cache, name);
  if (!existsSync(dir)) throw new Error(`${name} is missing: run \`make test-setup\``);
  return dir;
}

/** A command that prints increasing numbers, several per second. */
export const counting: readonly string[] = ["/bin/sh", "-c", "i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done"];

/** What a counting container has written to its client's FIFO. */
export class Count implements Disposable {
  readonly path: string;
  readonly #fifo: Fifo;
  #text = "";

  constructor(path: string) {
    this.path = path;
    this.#fifo = new Fifo(path);
    this.#fifo.open();
  }

  /** All numbers so far. */
  get numbers(): readonly number[] {
    this.#text += this.#fifo.read();
    return this.#text.split("\n").slice(0, -1).map(Number);
  }

  /** Waits for a number that is not known yet. */
  async goesOn(): Promise<void> {
    const { length } = this.numbers;
    await until(() => this.numbers.length > length, "the container counts on");
  }

  [Symbol.dispose](): void {
    this.#fifo[Symbol.dispose]();
  }
}

/** Returns options of a Checkpoint request. */
export const checkpointOptions = (fields: wire.CheckpointOptions.$Properties) => ({
  options: {
    type_url: "containerd.runc.v1.CheckpointOptions",
    value: wire.CheckpointOptions.encode(fields).finish(),
  },
});
