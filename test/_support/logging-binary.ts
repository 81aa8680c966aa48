import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Containerd } from "./containerd.ts";

/** Copies both streams until they end into files in its directory. */
export const copyBoth = "exec 5>&-; cat <&3 >> out & cat <&4 >> err & wait";

/** A logging binary: a shell script that runs in its own directory. */
export class LoggingBinary {
  readonly dir: string;
  readonly #path: string;

  constructor(containerd: Containerd, name: string, script = copyBoth) {
    this.dir = join(containerd.dir, "loggers", name);
    this.#path = join(this.dir, "logger");
    mkdirSync(this.dir, { recursive: true });
    writeFileSync(this.#path, `#!/bin/sh\ncd ${this.dir}\necho $$ >> pids\n${script}\n`, { mode: 0o755 });
  }

  /** Returns the URI as containerd's clients write it; `query` is the text after the question mark. */
  uri(query = ""): string {
    return `binary://${this.#path}${query && `?${query}`}`;
  }

  /** Returns what the logger has written to a file; empty if the file does not exist. */
  read(name: string): string {
    const path = join(this.dir, name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  /** Pids of all processes that ran the script, in order. */
  get pids(): readonly number[] {
    return this.read("pids").split("\n").filter(Boolean).map(Number);
  }
}
