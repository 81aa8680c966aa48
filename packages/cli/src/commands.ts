import type { CommandEntry } from "./command.ts";

/** Every command of `dunnage`, in the order of `--help`. */
export const commands: readonly CommandEntry[] = [];
