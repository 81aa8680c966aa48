import { loadPlugins } from "../hooks/load-plugins.ts";
import { FifoLog } from "../log/fifo-log.ts";
import { findExecutable } from "../reaper/child-environment.ts";
import { Commands } from "../reaper/command-runner.ts";
import type { Exit } from "../reaper/exit.ts";
import { Reaper } from "../reaper/reaper.ts";
import { cleanUp as cleanUpTask } from "../task/clean-up.ts";
import type { CleanUpRequest, Surroundings } from "./context.ts";
import { hostPlugins } from "./plugin-host.ts";
import { runtimeLoader } from "./runtime-loader.ts";
import { type RuntimeLoader, Runtimes } from "./runtimes.ts";

/** Does the work of `delete` for a container whose daemon is gone. Subreaper meanwhile: what it ends is its to reap. */
export async function cleanUp(
  request: CleanUpRequest,
  surroundings: Surroundings,
  adapters: RuntimeLoader,
): Promise<Exit> {
  const { libc, env, config, openFilesLimit } = surroundings;
  using log = new FifoLog({ debug: false });
  log.attach(request.id, request.bundle);
  await hostPlugins(config, log);
  using reaper = Reaper.open({ libc, log });
  const commands = new Commands({
    libc,
    reaper,
    env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    openFilesLimit: openFilesLimit.soft,
  });
  const deps = { commands, log, findExecutable: (name: string) => findExecutable(name, env["PATH"]) };
  const runtimes = new Runtimes(runtimeLoader(config, adapters), deps);
  const hooks = async () => (await loadPlugins(config.plugins, log)).hooks;
  return await cleanUpTask({ commands, log, hooks, runtimeOf: (name) => runtimes.find(name) }, request);
}
