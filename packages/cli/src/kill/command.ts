import { Code, failedPrecondition, StatusError } from "@dunnage/core";
import type { DefineCommand } from "../command.ts";
import { Container } from "../containers/container.ts";
import { forEachId } from "../containers/for-each-id.ts";
import { namespaceOption, rootOption } from "../containers/options.ts";
import { ContainerStore } from "../containers/store.ts";
import { parseSignal } from "../streams/signals.ts";

/** `dunnage kill`. */
export const killCommand: DefineCommand = (command, context) => {
  command
    .description("Sends a signal to the init of containers.")
    .argument("<id...>", "the containers")
    .option("-s, --signal <signal>", "name or number of the signal", "TERM")
    .option("-a, --all", "send it to every process of the container")
    .option(...rootOption)
    .option(...namespaceOption)
    .action(async (ids, { signal, all = false, ...options }) => {
      const number = parseSignal(signal);
      const store = new ContainerStore(options);
      await forEachId(ids, context, async (id) => {
        using client = await Container.open(store, id).connectOrExplain();
        await client.kill({ id, signal: number, all }).catch((error: unknown) => explain(error, id));
      });
    });
};

function explain(error: unknown, id: string): never {
  if (!StatusError.is(error) || error.code !== Code.NotFound) throw error;
  throw failedPrecondition(`container ${id} is not running: ${error.message}`);
}
