import type { DefineCommand } from "../command.ts";
import { Container } from "../containers/container.ts";
import { namespaceOption, rootOption } from "../containers/options.ts";
import { readStatus } from "../containers/status.ts";
import { ContainerStore } from "../containers/store.ts";
import { printResult } from "../output.ts";
import { formatTable, type ListedContainer, toListed } from "./listed-container.ts";

/** `dunnage ps`. */
export const psCommand: DefineCommand = (command, context) => {
  command
    .description("Lists the containers of `dunnage run` that have not been removed, ended and lost ones included.")
    .option("-q, --quiet", "print only the ids")
    .option(...rootOption)
    .option(...namespaceOption)
    .option("--json", "print JSON")
    .action(async ({ quiet, json, ...options }) => {
      const containers = await listContainers(new ContainerStore(options));
      const text = quiet ? containers.map(({ id }) => id).join("\n") : formatTable(containers, new Date());
      printResult(context.stdout, { json, value: containers, text });
    });
};

async function listContainers(store: ContainerStore): Promise<ListedContainer[]> {
  const listed = store.list().map(async (id) => {
    const container = Container.tryOpen(store, id);
    return container && toListed(container, await readStatus(container));
  });
  return (await Promise.all(listed)).filter((each) => each !== undefined);
}
