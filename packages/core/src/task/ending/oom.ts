import { taskOom } from "../../events/task-events.ts";
import { attempt } from "../../log/attempt.ts";
import type { Container } from "../container/container.ts";
import type { TaskDeps } from "../deps.ts";
import { tellHooks } from "../hook-seam.ts";

/**
 * From now on every kill for want of memory in the container is an event, until the container is deleted. One that is noticed while
 * the container starts is told after its start.
 */
export function watchOom(deps: TaskDeps, container: Container): void {
  const { cgroup, init } = container;
  if (cgroup === undefined) return;
  container.oomWatch = deps.oom.watch(cgroup, () => init.noticed(() => report(deps, container)));
}

/** The last look, before the runtime's delete takes the cgroup away. */
export function endOomWatch({ oomWatch }: Container): void {
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
