import { existsSync } from "node:fs";
import { join } from "node:path";
import { invalidArgument } from "../../errors/errors.ts";
import { openLibc } from "../../native/open-libc.ts";
import { type HostedPlugin, hostVariable } from "../composition/hosted-plugin.ts";
import type { Program } from "../context.ts";
import { libDirOf } from "../surroundings.ts";

/** What a daemon starts for a plugin with `isolation = "process"`: serves its hooks until the daemon is gone. */
export async function hostHooks(env: NodeJS.ProcessEnv, program: Program): Promise<void> {
  const text = env[hostVariable];
  if (text === undefined || program.hostHooks === undefined)
    throw invalidArgument("host-hooks is for the daemon to call");
  delete env[hostVariable];
  const addon = join(libDirOf(env), "koffi.node");
  const libc = await openLibc(existsSync(addon) ? { koffiPath: addon } : {});
  await program.hostHooks(JSON.parse(text) as HostedPlugin, libc);
}
