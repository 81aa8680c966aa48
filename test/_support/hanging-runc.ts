import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "./proc.ts";
import { until } from "./until.ts";

/** Commands of runc that a test can make hang. */
export type RuncVerb = "create" | "start" | "exec" | "kill" | "delete" | "pause" | "update" | "state";

/** A `runc` for containerd's search path. Some of its commands hang forever and ignore even SIGTERM. */
export class HangingRunc {
  /** Directory for the search path. */
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
    mkdirSync(dir, { recursive: true });
    const script = `#!/bin/sh
for word in "$@"; do
  case $word in
    create | start | exec | kill | delete | pause | update | state)
      for id in "$@"; do
        if [ -e "${dir}/hang.$word.$id" ]; then
          trap '' TERM INT HUP
          echo $$ >"${dir}/pid.$$" && mv "${dir}/pid.$$" "${dir}/reached.$word.$id"
          while :; do sleep 1000; done
        fi
      done
      break ;;
  esac
done
exec /usr/sbin/runc "$@"
`;
    writeFileSync(join(dir, "runc"), script, { mode: 0o755 });
  }

  /** Makes these commands on that container hang from now on, until `mend`. */
  hang(id: string, ...verbs: readonly RuncVerb[]): void {
    for (const verb of verbs) writeFileSync(join(this.dir, `hang.${verb}.${id}`), "");
  }

  /** Makes commands work that start from now on. Commands that already hang stay that way. */
  mend(id: string, ...verbs: readonly RuncVerb[]): void {
    for (const verb of verbs) rmSync(join(this.dir, `hang.${verb}.${id}`), { force: true });
  }

  /** Waits until a command hangs; resolves with its pid. */
  async reached(id: string, verb: RuncVerb): Promise<number> {
    const path = join(this.dir, `reached.${verb}.${id}`);
    await until(() => existsSync(path), `runc ${verb} hangs`);
    const pid = Number(readFileSync(path, "utf8"));
    rmSync(path);
    return pid;
  }

  /** Resolves when a command that hung has exited. */
  async ended(pid: number): Promise<void> {
    await until(() => !isAlive(pid), `process ${pid} of a command that hung ends`);
  }
}
