import { writeSync } from "node:fs";
import { invalidArgument } from "../errors/errors.ts";
import type { Program } from "./context.ts";
import { type Flags, parseFlags, UsageError, usage } from "./flags.ts";

const usageStatus = 2;

/**
 * Runs the action of a command line and resolves to the exit status, for `endProcess`. `start` resolves at once, unless this process
 * became the daemon: then it resolves when the daemon has ended. A failure is one line on stderr, which containerd
 * shows to the client.
 * @param args without the program's name.
 */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv, program: Program): Promise<number> {
  try {
    await run(parseFlags(args), env, program);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    writeSync(2, isUsage ? `${error.message}\n${usage}` : `${error instanceof Error ? error.message : error}\n`);
    return isUsage ? usageStatus : 1;
  }
}

/** Each action loads its own code: `-v` needs no FFI, `delete` needs no server. */
async function run(flags: Flags, env: NodeJS.ProcessEnv, program: Program): Promise<void> {
  if (flags.version) return (await import("./actions/info.ts")).printVersion(env, program);
  if (flags.info) return (await import("./actions/info.ts")).printInfo(env, program);
  if (flags.action === "host-hooks") {
    return (await import("./actions/run-plugin-process.ts")).runPluginProcess(env, program);
  }
  if (flags.namespace === "") throw invalidArgument("shim namespace cannot be empty");
  if (flags.action === "start") return (await import("./actions/start.ts")).start(flags, env, program);
  if (flags.action === "delete") return (await import("./actions/delete.ts")).deleteContainer(flags, env, program);
  if (flags.action !== "") throw new UsageError(`unknown action: ${flags.action}`);
  return (await import("./actions/serve.ts")).serve(flags, env, program);
}
