import { copyFileSync, mkdirSync, renameSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readProcess } from "../../src/native/proc.ts";
import type { ContainerRef, Runtime } from "../../src/runtime/runtime.ts";
import { ProcessGroups } from "../../src/testing/process-groups.ts";

const { SIGCONT, SIGKILL, SIGUSR1 } = constants.signals;

/**
 * The contract's program `count`, extended to support its own checkpoint. At SIGUSR1 it writes its number to a file
 * next to its stdout and stops itself. If that file exists at start, it continues from the number in it.
 */
export const helpfulCount: readonly string[] = [
  "sh",
  "-c",
  `state=$(readlink /proc/$$/fd/1).state
  i=$(cat "$state" 2>/dev/null || echo 0)
  trap 'exit 3' TERM; trap 'dump=yes' USR1
  while :; do
    if [ "$dump" ]; then dump=; echo $i > "$state"; kill -STOP $$; fi
    echo $i; i=$((i + 1)); sleep 0.05
  done`,
];

/** Returns checkpoint and restore for containers of the fake runtime that run `helpfulCount`. */
export function checkpointMethods(fake: Runtime): Required<Pick<Runtime, "checkpoint" | "restore">> {
  return {
    checkpoint: async ({ bundle }, { imagePath, exit }) => {
      const groups = new ProcessGroups(bundle);
      const pid = groups.init ?? 0;
      mkdirSync(imagePath, { recursive: true });
      process.kill(pid, SIGUSR1);
      while (readProcess(pid)?.state !== "T") await sleep(5);
      renameSync(stateOf(bundle), join(imagePath, "state"));
      groups.signal(exit ? SIGKILL : SIGCONT);
    },
    restore: async ({ imagePath, parentPath: _, ...request }, signal) => {
      copyFileSync(join(imagePath, "state"), stateOf(request.container.bundle));
      const created = await fake.create(request, signal);
      await fake.start(request.container, signal);
      return created;
    },
  };
}

const stateOf = (bundle: ContainerRef["bundle"]): string => join(dirname(bundle), "init-stdout.state");
