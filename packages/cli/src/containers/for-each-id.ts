import { StatusError } from "@dunnage/core";
import type { CommandContext } from "../command.ts";

/** Does something with each container in turn. One that it fails for is named on stderr, and the others are not kept from it. */
export async function forEachId(
  ids: readonly string[],
  context: CommandContext,
  act: (id: string) => Promise<void>,
): Promise<void> {
  for (const [index, id] of ids.entries()) {
    try {
      await act(id);
    } catch (error) {
      if (!StatusError.is(error) || index === ids.length - 1) throw error;
      context.stderr.write(`dunnage: ${error.message}\n`);
      context.exitStatus = 1;
    }
  }
}
