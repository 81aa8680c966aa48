import { StatusError } from "@dunnage/core";
import type { CommandContext } from "../command.ts";

/**
 * Calls `act` for each container in turn. If it fails for one, the error is written to stderr, and the others still get
 * their turn.
 */
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
