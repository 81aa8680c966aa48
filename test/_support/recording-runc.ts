import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A `runc` that writes down how it was called, and then is runc. */
export class RecordingRunc {
  /** Whole path of the program. */
  readonly path: string;
  readonly #calls: string;

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.path = join(dir, "runc");
    this.#calls = join(dir, "calls");
    writeFileSync(this.path, `#!/bin/sh\necho "$*" >>"${this.#calls}"\nexec /usr/sbin/runc "$@"\n`, { mode: 0o755 });
  }

  /** The words of every call so far of a command. */
  calls(verb: string): readonly (readonly string[])[] {
    const text = existsSync(this.#calls) ? readFileSync(this.#calls, "utf8") : "";
    const calls = text.split("\n").map((line) => line.split(" "));
    return calls.filter((words) => words.includes(verb));
  }
}
