import type { Service } from "@dunnage/ttrpc";
import type { Logger } from "../log/logger.ts";
import type { Libc, OpenFilesLimit } from "../native/libc.ts";
import type { wire } from "../proto/gen/wire.js";
import type { Exit } from "../reaper/exit.ts";
import type { Config } from "./config/config.ts";
import type { ConfigRevision } from "./config/config-revision.ts";

/** What every action of the program knows about its surroundings. Read once from flags, environment and configuration. */
export interface Surroundings {
  /** Name of the adapter that the launcher was called by: `runc` for `containerd-shim-dunnage-runc-v1`. */
  readonly runtime: string;
  /** Directory of the installation: Node, bundle, FFI library, build id. */
  readonly libDir: string;
  /** How this program was started, its arguments left out: Node, its flags, the file. */
  readonly self: readonly string[];
  /** Root of everything that daemons keep outside of bundles: `/run/dunnage`. */
  readonly runtimeDir: string;
  /** Version of the distribution, as `-v` prints it. */
  readonly version: string;
  /** Environment of every child, whitelisted. */
  readonly env: Readonly<Record<string, string>>;
  /** RLIMIT_NOFILE as containerd handed it down, for every child; Node raised its own soft limit. */
  readonly openFilesLimit: OpenFilesLimit;
  readonly config: Config;
  /** Of the files of `config`, from before they were read. */
  readonly configRevision: ConfigRevision;
  readonly libc: Libc;
}

/** What the services of a daemon are built from, and how they reach the daemon back. */
export interface DaemonContext extends Surroundings {
  /** containerd namespace of all containers here. Requests' metadata does not matter. */
  readonly namespace: string;
  /** Path of containerd's gRPC socket; empty: unknown. */
  readonly grpcAddress: string;
  /** Path of containerd's ttrpc socket, where events go; empty: nobody takes events. */
  readonly ttrpcAddress: string;
  readonly debug: boolean;
  /** Directory of this daemon; its name is PID.STARTTIME. */
  readonly daemonDir: string;
  /** Name of the adapter that a container was started through; read again on every call. */
  runtimeOf(id: string, bundle: string): string;
  /** To be called when a container was deleted: its claim on the daemon ends. */
  released(id: string): void;
  /** To be called whenever the number of containers changed, those in creation included. 0 starts the linger. */
  containersChanged(count: number): void;
  /** To be called for the Shutdown call. Ends the daemon only if it is empty and serves one container, not a group. */
  shutdownRequested(): void;
}

/** The services of a daemon, as the composition root hands them over. */
export interface DaemonService {
  /** By full name: `containerd.task.v2.Task`. */
  readonly services: Readonly<Record<string, Service>>;
  readonly logger: Logger;
  /** Number of containers that exist, those in creation included. */
  containers(): number;
  /** Whether a container exists, one in creation included. */
  hasContainer(id: string): boolean;
  /** Delivers what is still to be delivered, then lets go of everything. Takes no longer than `signal` allows. */
  shutdown(signal: AbortSignal): Promise<void>;
}

/** What `delete` has to clean up after. */
export interface CleanUpRequest {
  readonly id: string;
  readonly namespace: string;
  /** Absolute path of the bundle, which may be half made or missing. */
  readonly bundle: string;
  /** Name of the adapter by which containerd called; what the bundle recorded goes before it. */
  readonly runtime: string;
  /** What is left of the time that containerd gives, in ms. */
  readonly limitMs: number;
}

/** What the daemon passes to the process of an isolated plugin. */
export interface IsolatedPlugin {
  /** As the configuration names it. */
  readonly use: string;
  readonly packageRoots: readonly string[];
  /** Memory that the plugin may use in addition to what the program itself uses. */
  readonly memoryBytes: number;
}

/** The parts of the program that bootstrap starts but does not know. Each loads its code when it is called, not before. */
export interface Program {
  /** Name of the adapter where no launcher says one. */
  readonly defaultRuntime: string;
  /** Builds the services of a daemon. */
  serve(context: DaemonContext): Promise<DaemonService>;
  /** Removes what is left of a container whose daemon is gone. Idempotent; never fails on what is already away. */
  cleanUp(request: CleanUpRequest, surroundings: Surroundings): Promise<Exit>;
  /**
   * What the runtime says of itself as JSON (OCI runtime-spec Features), for `-info`; undefined: it cannot.
   * @param options the Any from standard input, if there was one.
   * @throws {StatusError} the options are wrong, or there is no such runtime.
   */
  features?(runtime: string, options: wire.Any | undefined, surroundings: Surroundings): Promise<string | undefined>;
  /** Serves a plugin that is to have a process of its own, this one; resolves when the daemon is gone. */
  serveIsolatedPlugin?(plugin: IsolatedPlugin, libc: Libc): Promise<void>;
}
