import { taskOom } from "../events/task-events.ts";
import type { Container } from "./container.ts";
import type { TaskDeps } from "./deps.ts";
import { runHooks } from "./hook-seam.ts";

/** From now on every kill for want of memory in the container is an event, until the container is deleted. */
export function watchOom(deps: TaskDeps, container: Container): void {
  const { cgroup, ref } = container;
  if (cgroup === undefined) return;
  container.oomWatch = deps.oom.watch(cgroup, () => {
    deps.publisher.publish(taskOom(ref.id));
    deps.log.info("out of memory", { id: ref.id });
    void runHooks(deps, "oom", container, () => ({}), new AbortController().signal);
  });
}

/** The last look, before the runtime's delete takes the cgroup away. */
export function endOomWatch({ oomWatch }: Container): void {
  oomWatch?.check();
  oomWatch?.[Symbol.dispose]();
}
