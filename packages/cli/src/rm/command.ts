import { failedPrecondition } from "@dunnage/core";
import type { DefineCommand } from "../command.ts";
import { Container } from "../containers/container.ts";
import { forEachId } from "../containers/for-each-id.ts";
import { namespaceOption, rootOption } from "../containers/options.ts";
import { destroy } from "../containers/settle.ts";
import { readStatus } from "../containers/status.ts";
import { ContainerStore } from "../containers/store.ts";

/** `dunnage rm`. */
export const rmCommand: DefineCommand = (command, context) => {
  command
    .description("Removes containers: their state, their output, and what a dead shim has left behind.")
    .argument("<id...>", "the containers")
    .option("-f, --force", "kill and remove running containers as well")
    .option(...rootOption)
    .option(...namespaceOption)
    .action(async (ids, { force = false, ...options }) => {
      const store = new ContainerStore(options);
      await forEachId(ids, context, async (id) => {
        const container = Container.open(store, id);
        if (!force) await requireOver(container);
        await destroy(container, context.env);
        store.remove(id);
      });
    });
};

/**
 * Throws unless the container has ended. One that was never started counts as ended, unless a process may still start
 * it (`creating`, `created`).
 */
async function requireOver(container: Container): Promise<void> {
  const { condition, pid } = await readStatus(container);
  const isLive = condition === "lost" ? pid !== 0 : condition !== "exited";
  if (!isLive) return;
  const state = condition === "lost" ? "lost, but still runs" : condition;
  throw failedPrecondition(`container ${container.id} is ${state}: end it first, or use --force`);
}
