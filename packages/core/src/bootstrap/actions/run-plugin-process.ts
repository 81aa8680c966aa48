import { invalidArgument } from "../../errors/errors.ts";
import type { IsolatedPlugin, Program } from "../context.ts";
import { isolatedPluginVariable } from "../plugins/isolate-with.ts";
import { openOwnLibc } from "../process/end-process.ts";
import { libDirOf } from "../surroundings.ts";

/**
 * Runs the process of a plugin with `isolation = "process"`. A daemon starts it; it serves the plugin's hooks until the
 * daemon is gone.
 */
export async function runPluginProcess(env: NodeJS.ProcessEnv, program: Program): Promise<void> {
  const text = env[isolatedPluginVariable];
  if (text === undefined || program.serveIsolatedPlugin === undefined) {
    throw invalidArgument("host-hooks is for the daemon to call");
  }
  delete env[isolatedPluginVariable];
  await program.serveIsolatedPlugin(JSON.parse(text) as IsolatedPlugin, await openOwnLibc(libDirOf(env)));
}
