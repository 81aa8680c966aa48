import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.ts";

/**
 * A `runc` that comes first on containerd's search path and stops at `runc create`: either before it does anything, or
 * after the container was created but before any process was notified.
 */
export class RuncWrapper {
  /** Directory for the search path. */
  readonly dir: string;

  constructor(dir: string, stop: "before create" | "after create") {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    const wait = `touch ${dir}/reached; until [ -e ${dir}/go ]; do sleep 0.02; done`;
    const create =
      stop === "before create" ? `${wait}; exec $runc "$@"` : `$runc "$@"; status=$?; ${wait}; exit $status`;
    const script = `#!/bin/sh
runc=/usr/sbin/runc
case " $* " in *" create "*) ${create} ;; esac
exec $runc "$@"
`;
    writeFileSync(join(dir, "runc"), script, { mode: 0o755 });
  }

  /** Resolves when a `runc create` has stopped. */
  async reached(): Promise<void> {
    await until(() => existsSync(join(this.dir, "reached")), "runc create stands still");
  }

  /** Lets the stopped command continue. */
  letGo(): void {
    writeFileSync(join(this.dir, "go"), "");
  }
}
