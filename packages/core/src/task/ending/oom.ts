import { taskOom } from "../../events/task-events.ts";
import { attempt } from "../../log/attempt.ts";
import type { Container } from "../container/container.ts";
import type { TaskDeps } from "../deps.ts";
import { tellHooks } from "../hook-seam.ts";

/**
 * Publishes an event for every OOM kill in the container, until the container is deleted. An OOM kill that is noticed
 * while the container starts is reported after its start.
 */
export function watchOom(deps: TaskDeps, container: Container): void {
  const { cgroup, init, oomKills } = container;
  if (cgroup === undefined) return;
  const killed = (kills: number): void => {
    container.oomKilled(kills);
    init.reports.noticed(() => report(deps, container));
  };
  container.ending.watchOom(deps.oom.watch(cgroup, killed, oomKills));
}

/** Checks for OOM kills a last time, before the runtime's delete removes the cgroup, and ends the watch. */
export function endOomWatch({ ending: { oomWatch } }: Container): void {
  oomWatch?.check();
  oomWatch?.[Symbol.dispose]();
}

function report(deps: TaskDeps, container: Container): void {
  const { id } = container.ref;
  deps.publisher.publish(taskOom(id));
  attempt({ log: deps.log, message: "hooks not called", fields: { id } }, () => {
    deps.log.info("out of memory", { id });
    tellHooks({ deps, container }, "oom");
  });
}
