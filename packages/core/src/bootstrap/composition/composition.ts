import "reflect-metadata";
import { Container, ContainerModule, type ResolutionContext } from "inversify";
import { findCgroup } from "../../cgroups/cgroup.ts";
import { OomWatcher } from "../../cgroups/oom.ts";
import { failedPrecondition } from "../../errors/errors.ts";
import { noPublisher } from "../../events/no-publisher.ts";
import { Outbox } from "../../events/outbox.ts";
import type { Publisher } from "../../events/publisher.ts";
import { HookChain } from "../../hooks/chain/chain.ts";
import type { HookRunner } from "../../hooks/chain/hook-runner.ts";
import type { PluginSchemes } from "../../hooks/loader/plugin-scheme.ts";
import { loggerTimes } from "../../io/logger/supervised-logger.ts";
import { openIo } from "../../io/open-io.ts";
import { FifoLog } from "../../log/fifo-log.ts";
import { Reaper } from "../../reaper/reaper.ts";
import type { StdioSettings, TaskDeps } from "../../task/deps.ts";
import { taskServices } from "../../task/task-service.ts";
import { Tasks } from "../../task/tasks.ts";
import type { DaemonContext, DaemonService } from "../context.ts";
import { openHooks } from "../hooks/open-hooks.ts";
import { prepareForPlugins } from "../plugins/expose-packages.ts";
import { openCommands, openRuntimes } from "../runtimes/open-runtimes.ts";
import type { RuntimeLoader } from "../runtimes/runtimes.ts";
import { Tokens } from "./tokens.ts";

/** How long hooks that no call waits for may take when the daemon ends. containerd gives Shutdown 3 s. */
const hooksTimeoutMs = 1_000;

/** The composition root: builds the services of a daemon. The only file that fills the dependency container. */
export async function serve(
  context: DaemonContext,
  adapters: RuntimeLoader,
  schemes: PluginSchemes = {},
): Promise<DaemonService> {
  const log = new FifoLog({ debug: context.debug });
  await prepareForPlugins(context.config, log);
  const { plugins, hooks } = await openHooks(context, log, schemes);
  const container = new Container({ defaultScope: "Singleton" });
  await container.load(coreModule({ context, log, hooks, adapters }));
  for (const { source, plugin } of plugins) {
    if (plugin.module !== undefined) await loadModule(container, source.name, plugin.module);
  }
  const tasks = container.get(Tokens.Tasks);
  const publisher = container.get(Tokens.Publisher);
  const runner = container.get(Tokens.Hooks);
  runner.notify("shimStart", { pid: process.pid });
  return {
    services: taskServices(tasks, () => context.shutdownRequested()),
    logger: log,
    containers: () => tasks.size,
    hasContainer: (id) => tasks.has(id),
    shutdown: async (signal) => {
      runner.notify("shimStop", { pid: process.pid });
      await runner.flush(AbortSignal.any([signal, AbortSignal.timeout(hooksTimeoutMs)]));
      runner.close?.();
      await publisher.flush(signal);
      publisher.close();
      container.get(Tokens.Reaper)[Symbol.dispose]();
      log[Symbol.dispose]();
    },
  };
}

/**
 * Loads the module of a plugin. If that fails, the daemon still starts, and Create is refused with the reason, as with
 * every other error of a plugin.
 */
async function loadModule(container: Container, name: string, module: ContainerModule): Promise<void> {
  try {
    await container.load(module);
  } catch (error) {
    const reason = `dunnage: plugin ${name}: its module does not load: ${(error as Error).message}`;
    container.get(Tokens.Log).error("plugin not loaded", { plugin: name, error });
    (await container.rebind(Tokens.Hooks)).toConstantValue(HookChain.failing(failedPrecondition(reason)));
  }
}

interface CoreParts {
  readonly context: DaemonContext;
  readonly log: FifoLog;
  readonly hooks: HookRunner;
  readonly adapters: RuntimeLoader;
}

function coreModule({ context, log, hooks, adapters }: CoreParts): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(Tokens.Context).toConstantValue(context);
    bind(Tokens.Libc).toConstantValue(context.libc);
    bind(Tokens.Log).toConstantValue(log);
    bind(Tokens.Hooks).toConstantValue(hooks);
    bind(Tokens.ExitListener).toConstantValue(() => {});
    bind(Tokens.Reaper).toResolvedValue(
      (libc, log, onExit) => Reaper.open({ libc, log, onExit }),
      [Tokens.Libc, Tokens.Log, Tokens.ExitListener],
    );
    bind(Tokens.Oom).toResolvedValue((libc, log) => new OomWatcher({ libc, log }), [Tokens.Libc, Tokens.Log]);
    bind(Tokens.Commands).toResolvedValue(openCommands, [Tokens.Context, Tokens.Reaper]);
    bind(Tokens.Stdio).toConstantValue(openIo);
    bind(Tokens.Publisher).toResolvedValue(openPublisher, [Tokens.Context, Tokens.Log]);
    bind(Tokens.Runtimes).toResolvedValue(
      (context, commands, log) => openRuntimes(context, { adapters, commands, log }),
      [Tokens.Context, Tokens.Commands, Tokens.Log],
    );
    bind(Tokens.Tasks).toDynamicValue(openTasks);
  });
}

function openPublisher(context: DaemonContext, log: FifoLog): Publisher {
  if (context.ttrpcAddress === "") return noPublisher;
  return new Outbox({ address: context.ttrpcAddress, namespace: context.namespace, log });
}

function toStdioSettings({ config, openFilesLimit }: DaemonContext): StdioSettings {
  const { mode, drainTimeoutMs, loggerReadyTimeoutMs, ...policy } = config.stdio;
  const times = { ...loggerTimes, readyMs: loggerReadyTimeoutMs };
  return { mode, drainTimeoutMs, streams: { ...policy, loggerTimes: times, openFilesSoftLimit: openFilesLimit.soft } };
}

function openTasks(parts: ResolutionContext): Tasks {
  const context = parts.get(Tokens.Context);
  const runtimes = parts.get(Tokens.Runtimes);
  const deps: TaskDeps = {
    namespace: context.namespace,
    daemon: { pid: process.pid, directory: context.daemonDir },
    libc: context.libc,
    reaper: parts.get(Tokens.Reaper),
    oom: parts.get(Tokens.Oom),
    findCgroup: (pid) => findCgroup(pid),
    commands: parts.get(Tokens.Commands),
    publisher: parts.get(Tokens.Publisher),
    hooks: parts.get(Tokens.Hooks),
    log: parts.get(Tokens.Log),
    stdio: toStdioSettings(context),
    openIo: parts.get(Tokens.Stdio),
    runtimeOf: async (id, bundle) => {
      const name = context.runtimeOf(id, bundle);
      const { binary: binaryName, root } = context.config.runtimes[name] ?? {};
      return { name, runtime: await runtimes.get(name), defaults: { binaryName, root } };
    },
    released: (id) => context.released(id),
    containersChanged: (count) => context.containersChanged(count),
  };
  return new Tasks(deps);
}
