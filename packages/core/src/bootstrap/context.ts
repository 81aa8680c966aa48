import type { Service } from "@dunnage/ttrpc";
import type { Logger } from "../log/logger.ts";
import type { Libc, OpenFilesLimit } from "../native/libc.ts";
import type { wire } from "../proto/gen/wire.js";
import type { Exit } from "../reaper/exit.ts";
import type { Config } from "./config/config.ts";
import type { ConfigRevision } from "./config/config-revision.ts";

/** The surroundings of the program, as every action sees them. Read once from flags, environment and configuration. */
export interface Surroundings {
  /** Name of the adapter under which the launcher was called: `runc` for `containerd-shim-dunnage-runc-v1`. */
  readonly runtime: string;
  /** Directory of the installation: Node, bundle, FFI library, build id. */
  readonly libDir: string;
  /** Command line that started this program, without its arguments: Node, its flags, the file. */
  readonly self: readonly string[];
  /** Root of everything that daemons keep outside of bundles: `/run/dunnage`. */
  readonly runtimeDir: string;
  /** Version of the distribution, as `-v` prints it. */
  readonly version: string;
  /** Environment of every child process. Only whitelisted variables are in it. */
  readonly env: Readonly<Record<string, string>>;
  /** RLIMIT_NOFILE as inherited from containerd. Every child gets it, because Node has raised its own soft limit. */
  readonly openFilesLimit: OpenFilesLimit;
  readonly config: Config;
  /** Revision of the files of `config`, taken before they were read. */
  readonly configRevision: ConfigRevision;
  readonly libc: Libc;
}

/** What the services of a daemon are built from, and their callbacks into the daemon. */
export interface DaemonContext extends Surroundings {
  /** containerd namespace of all containers of this daemon. The namespace in the metadata of a request is ignored. */
  readonly namespace: string;
  /** Path of containerd's gRPC socket; empty: unknown. */
  readonly grpcAddress: string;
  /** Path of containerd's ttrpc socket, to which events are sent; empty: no events are sent. */
  readonly ttrpcAddress: string;
  readonly debug: boolean;
  /** Directory of this daemon; its name is PID.STARTTIME. */
  readonly daemonDir: string;
  /** Returns the name of the adapter that a container was started through. Reads it again on every call. */
  runtimeOf(id: string, bundle: string): string;
  /** Must be called when a container was deleted. Removes its claim on the daemon. */
  released(id: string): void;
  /** Must be called whenever the number of containers changes. Containers in creation count. 0 starts the linger. */
  containersChanged(count: number): void;
  /**
   * Must be called for the Shutdown call. Ends the daemon only if it is empty and serves one container, not a group.
   */
  shutdownRequested(): void;
}

/** The services of a daemon, as the composition root returns them. */
export interface DaemonService {
  /** By full name: `containerd.task.v2.Task`. */
  readonly services: Readonly<Record<string, Service>>;
  readonly logger: Logger;
  /** Number of containers that exist, including those in creation. */
  containers(): number;
  /** Whether a container exists, including one in creation. */
  hasContainer(id: string): boolean;
  /** Delivers everything that is still queued, then releases all resources. Takes no longer than `signal` allows. */
  shutdown(signal: AbortSignal): Promise<void>;
}

/** The container that `delete` cleans up after. */
export interface CleanUpRequest {
  readonly id: string;
  readonly namespace: string;
  /** Absolute path of the bundle, which may be incomplete or missing. */
  readonly bundle: string;
  /** Name of the adapter under which containerd called. The name that the bundle recorded overrides it. */
  readonly runtime: string;
  /** The rest of the time that containerd gives, in ms. */
  readonly limitMs: number;
  /** Writes a text to containerd's log. */
  readonly warn: (text: string) => void;
}

/** What the daemon passes to the process of an isolated plugin. */
export interface IsolatedPlugin {
  /** The plugin, as the configuration names it. */
  readonly use: string;
  readonly packageRoots: readonly string[];
  /** Memory that the plugin may use in addition to what the program itself uses. */
  readonly memoryBytes: number;
}

/** The parts of the program that bootstrap starts but does not know. Each loads its code only when it is called. */
export interface Program {
  /** Name of the adapter if no launcher names one. */
  readonly defaultRuntime: string;
  /** Builds the services of a daemon. */
  serve(context: DaemonContext): Promise<DaemonService>;
  /** Removes what is left of a container whose daemon is gone. Idempotent; what is already removed is not an error. */
  cleanUp(request: CleanUpRequest, surroundings: Surroundings): Promise<Exit>;
  /**
   * Returns the features of a runtime as JSON (OCI runtime-spec Features), for `-info`. Undefined: the runtime cannot
   * report them.
   * @param options the Any from standard input, if there was one.
   * @throws {StatusError} the options are invalid, or the runtime does not exist.
   */
  features?(runtime: string, options: wire.Any | undefined, surroundings: Surroundings): Promise<string | undefined>;
  /** Serves an isolated plugin. This process is the plugin's own. Resolves when the daemon is gone. */
  serveIsolatedPlugin?(plugin: IsolatedPlugin, libc: Libc): Promise<void>;
}
