import { delimiter, join } from "node:path";
import { Server } from "@dunnage/ttrpc";
import { cleanUp } from "../bootstrap/composition/clean-up.ts";
import { serve } from "../bootstrap/composition/composition.ts";
import { defaultConfig, type PluginConfig } from "../bootstrap/config/config.ts";
import { readConfigRevision } from "../bootstrap/config/config-revision.ts";
import type { DaemonContext, DaemonService } from "../bootstrap/context.ts";
import { TaskClient } from "../client/task-client.ts";
import { openLibc } from "../native/open-libc.ts";
import { defaultPath } from "../reaper/child-environment.ts";
import type { Exit } from "../reaper/exit.ts";
import type { RuntimeFactory } from "../runtime/define.ts";
import type { ContainerRef } from "../runtime/runtime.ts";
import { EventService } from "./containerd/event-service.ts";
import { TempDir } from "./temp-dir.ts";

/** The runtime of a test's daemon, and what a configuration file would say about it. */
export interface RuntimeUnderTest {
  readonly runtime: RuntimeFactory;
  /** As `binary` in `[runtimes.NAME]`. */
  readonly binary?: string | undefined;
  /** As `[runtimes.NAME.config]`. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Directories that precede all others in the daemon's search path: where CRIU is, for example. */
  readonly path?: readonly string[] | undefined;
  /** As `[[plugin]]`: hooks around the operations on the containers. */
  readonly plugins?: readonly PluginConfig[] | undefined;
}

const name = "test";
const shutdownTimeoutMs = 10_000;
const cleanUpMs = 10_000;

/**
 * A shim daemon in this process, for one runtime: the parts of the real daemon, assembled as in the real one, behind a
 * socket of its own. Its events go to a fake containerd. It lacks only the launcher. It makes this process a subreaper
 * and listens to SIGCHLD, so only one can exist at a time.
 */
export class TestDaemon implements AsyncDisposable {
  readonly client: TaskClient;
  readonly events: EventService;
  readonly #context: DaemonContext;
  readonly #service: DaemonService;
  readonly #runtime: RuntimeFactory;
  readonly #resources: AsyncDisposableStack;

  private constructor(parts: Parts, resources: AsyncDisposableStack) {
    this.client = parts.client;
    this.events = parts.events;
    this.#service = parts.service;
    this.#context = parts.context;
    this.#runtime = parts.runtime;
    this.#resources = resources;
  }

  static async open(options: RuntimeUnderTest): Promise<TestDaemon> {
    await using undo = new AsyncDisposableStack();
    const dir = undo.use(new TempDir());
    const events = undo.use(await EventService.start(dir.join("containerd.sock.ttrpc")));
    const context = await toContext(dir.path, events.path, options);
    const service = await serve(context, async () => options.runtime);
    undo.defer(() => service.shutdown(AbortSignal.timeout(shutdownTimeoutMs)));
    const server = undo.use(new Server({ services: service.services }));
    await server.listen({ path: dir.join("shim.sock") });
    const client = undo.use(await TaskClient.connect(dir.join("shim.sock")));
    return new TestDaemon({ client, events, service, context, runtime: options.runtime }, undo.move());
  }

  /** The containerd namespace of all its containers. */
  get namespace(): string {
    return this.#context.namespace;
  }

  /** Number of its containers. */
  get size(): number {
    return this.#service.containers();
  }

  /**
   * Does what `delete` does when a daemon has died: a second instance of the runtime, which knows only the bundle, ends
   * the container. Resolves with the exit that containerd would receive.
   */
  cleanUp({ id, namespace, bundle }: ContainerRef): Promise<Exit> {
    return cleanUp({ id, namespace, bundle, runtime: name, limitMs: cleanUpMs, warn: () => {} }, this.#context, {
      adapters: async () => this.#runtime,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

interface Parts {
  readonly client: TaskClient;
  readonly events: EventService;
  readonly service: DaemonService;
  readonly context: DaemonContext;
  readonly runtime: RuntimeFactory;
}

async function toContext(dir: string, ttrpcAddress: string, options: RuntimeUnderTest): Promise<DaemonContext> {
  const { binary, config = {}, path = [], plugins = [] } = options;
  return {
    runtime: name,
    libDir: dir,
    self: [],
    runtimeDir: dir,
    configRevision: readConfigRevision(join(dir, "etc/config.toml")),
    version: "0",
    env: { PATH: toSearchPath(path) },
    openFilesLimit: { soft: 1024, hard: 4096 },
    config: { ...defaultConfig, plugins, runtimes: { [name]: { use: `builtin:${name}`, binary, config } } },
    libc: await openLibc(),
    namespace: "test",
    grpcAddress: "",
    ttrpcAddress,
    debug: false,
    daemonDir: dir,
    runtimeOf: () => name,
    released: () => {},
    containersChanged: () => {},
    shutdownRequested: () => {},
  };
}

/** The search path of a test's daemon. */
export function toSearchPath(first: readonly string[]): string {
  return [...first, defaultPath].join(delimiter);
}
