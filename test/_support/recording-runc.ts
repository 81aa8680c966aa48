import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A `runc` that records its arguments and then executes runc. */
export class RecordingRunc {
  /** Full path of the program. */
  readonly path: string;
  readonly #calls: string;

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.path = join(dir, "runc");
    this.#calls = join(dir, "calls");
    writeFileSync(this.path, `#!/bin/sh\necho "$*" >>"${this.#calls}"\nexec /usr/sbin/runc "$@"\n`, { mode: 0o755 });
  }

  /** Returns the arguments of every call of a command so far. */
  calls(verb: string): readonly (readonly string[])[] {
    const text = existsSync(this.#calls) ? readFileSync(this.#calls, "utf8") : "";
    const calls = text.split("\n").map((line) => line.split(" "));
    return calls.filter((words) => words.includes(verb));
  }
}
