import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "./proc.ts";
import { until } from "./until.ts";

/** Commands of runc that a test can make hang. */
export type RuncVerb = "create" | "start" | "exec" | "kill" | "delete" | "pause" | "update" | "state";

/** A `runc` for containerd's search path some of whose commands do nothing for ever, not even end at a SIGTERM. */
export class HangingRunc {
  /** For the search path. */
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

  /** From now on these commands on that container hang, until `mend`. */
  hang(id: string, ...verbs: readonly RuncVerb[]): void {
    for (const verb of verbs) writeFileSync(join(this.dir, `hang.${verb}.${id}`), "");
  }

  /** Commands that begin from now on work. Those that hang go on hanging. */
  mend(id: string, ...verbs: readonly RuncVerb[]): void {
    for (const verb of verbs) rmSync(join(this.dir, `hang.${verb}.${id}`), { force: true });
  }

  /** Resolves with the pid of a command when it hangs. */
  async reached(id: string, verb: RuncVerb): Promise<number> {
    const path = join(this.dir, `reached.${verb}.${id}`);
    await until(`runc ${verb} hangs`, () => existsSync(path));
    const pid = Number(readFileSync(path, "utf8"));
    rmSync(path);
    return pid;
  }

  /** Resolves when a command that hung is no more. */
  async ended(pid: number): Promise<void> {
    await until(`process ${pid} of a command that hung ends`, () => !isAlive(pid));
  }
}
