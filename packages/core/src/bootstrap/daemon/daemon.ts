import { rmSync } from "node:fs";
import { type ListenTarget, Server } from "@dunnage/ttrpc";
import type { Logger } from "../../log/logger.ts";
import { readConfigRevision } from "../config/config-revision.ts";
import type { DaemonContext, DaemonService, Program, Surroundings } from "../context.ts";
import { formatAnswer } from "../group/answer.ts";
import { Claims } from "../group/claims.ts";
import { DaemonDirectory } from "../group/daemon-directory.ts";
import type { Group } from "../group/group.ts";
import type { Paths } from "../group/paths.ts";
import { PendingClaims } from "../group/pending-claims.ts";
import { heartbeatMs, Presence } from "../group/presence.ts";
import { runtimeOfBundle } from "../runtimes/runtime-of-bundle.ts";
import { becomeDaemon, survive } from "./become-daemon.ts";
import { isGone } from "./containerd.ts";
import { IdleTrim } from "./idle-trim.ts";
import { Linger } from "./linger.ts";
import { adjustOomScore } from "./oom-score.ts";
import { isOurPeer } from "./peer.ts";
import { hasRoom } from "./room.ts";

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly group: Group;
  readonly surroundings: Surroundings;
  readonly program: Program;
  readonly paths: Paths;
  /** The daemon serves one container only: Shutdown ends it as soon as it is empty. */
  readonly isSolo: boolean;
  /** How long the daemon waits while it is empty. Infinity: only Shutdown or a signal ends it. */
  readonly lingerMs: number;
  /** Where the daemon listens. Default: a path of its own. */
  readonly target?: ListenTarget;
}

/**
 * How often a daemon checks whether it can take another container. A container that joins a daemon without free
 * descriptors hangs.
 */
const roomCheckMs = 1_000;

/** How long calls in flight may take at the end, and how long queued events may take after that. */
const drainTimeoutMs = 2_000;
const flushTimeoutMs = 5_000;

/** This process as a daemon: the server of a group of containers, from its first claim to its end. */
export class Daemon {
  readonly claims: Claims;
  readonly socket: string;
  readonly answer: string;
  /** Resolves when everything but the process is gone. */
  readonly ended: Promise<void>;
  readonly #options: DaemonOptions;
  readonly #directory: DaemonDirectory;
  readonly #presence: Presence;
  readonly #linger: Linger;
  readonly #ended = Promise.withResolvers<void>();
  readonly #pending: PendingClaims;
  readonly #idleTrim: IdleTrim;
  #running: { readonly service: DaemonService; readonly server: Server } | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #roomCheck: NodeJS.Timeout | undefined;
  #hasRoom = true;
  #count = 0;

  private constructor(options: DaemonOptions, directory: DaemonDirectory) {
    this.#options = options;
    this.#directory = directory;
    this.claims = new Claims(directory.path);
    this.#pending = new PendingClaims(this.claims);
    this.#idleTrim = new IdleTrim(options.surroundings.libc);
    this.socket = directory.socketPath(options.group);
    this.answer = formatAnswer(this.socket, options.surroundings.config.answer);
    this.ended = this.#ended.promise;
    const { socket, answer } = this;
    const identity = { pid: process.pid, startTime: directory.startTime, bornFd: directory.bornFd };
    this.#presence = new Presence(directory.path, { ...identity, group: options.group, socket, answer });
    this.#linger = new Linger(this.#lingering());
  }

  /** Builds the services and listens. No launcher finds the daemon before `register`. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const { libc, configRevision } = options.surroundings;
    becomeDaemon(libc, options.group);
    const directory = DaemonDirectory.create(options.paths, configRevision, libc);
    try {
      const daemon = new Daemon(options, directory);
      await daemon.#listen();
      return daemon;
    } catch (error) {
      directory[Symbol.dispose]();
      throw error;
    }
  }

  get directory(): string {
    return this.#directory.path;
  }

  /** Makes the daemon known to launchers. From now on it ends by itself and survives errors. */
  register(log: Logger = this.#log): void {
    survive(log, () => this.#linger.endNow());
    this.#show();
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    this.#roomCheck = setInterval(() => this.#checkRoom(), roomCheckMs);
    this.#linger.update();
  }

  get #log(): Logger {
    if (this.#running === undefined) throw new Error("the daemon does not listen yet");
    return this.#running.service.logger;
  }

  async #listen(): Promise<void> {
    const { program, surroundings } = this.#options;
    const service = await program.serve(this.#context());
    adjustOomScore(service.logger);
    const server = new Server({
      services: service.services,
      interceptors: [this.#idleTrim.interceptor],
      authorize: (socket) => isOurPeer(surroundings.libc, socket),
      onError: (error) => service.logger.warn("connection error", { error }),
    });
    const umask = process.umask(0o177);
    try {
      await server.listen(this.#options.target ?? { path: this.socket });
    } finally {
      process.umask(umask);
    }
    this.#running = { service, server };
  }

  #context(): DaemonContext {
    const { group, surroundings } = this.#options;
    const { namespace, grpcAddress, ttrpcAddress, debug } = group;
    return {
      ...surroundings,
      namespace,
      grpcAddress,
      ttrpcAddress,
      debug,
      daemonDir: this.directory,
      runtimeOf: (id, bundle) => this.claims.runtimeOf(id) ?? runtimeOfBundle(bundle) ?? surroundings.runtime,
      released: (id) => this.claims.remove(id),
      containersChanged: (count) => this.#containersChanged(count),
      shutdownRequested: () => this.#shutdownRequested(),
    };
  }

  #lingering(): ConstructorParameters<typeof Linger>[0] {
    return {
      lingerMs: this.#options.lingerMs,
      isEmpty: () => this.#count === 0,
      hasFreshClaim: () => this.#countPending() > 0,
      isContainerdGone: () => isGone(this.#options.group.grpcAddress),
      withdraw: () => this.#presence.withdraw(),
      register: () => this.#show(),
      end: () => void this.#end(),
    };
  }

  #containersChanged(count: number): void {
    this.#count = count;
    if (this.#linger.hasEnded) return;
    if (this.#presence.state !== "withdrawn") this.#show();
    this.#linger.update();
    if (count === 0) this.#checkContainerd();
  }

  /** Containers that were promised to this daemon count, because launchers look at the registration, not at us. */
  #countPending(): number {
    return this.#pending.count((id) => this.#running?.service.hasContainer(id) ?? false);
  }

  /**
   * Whether the configuration has changed. The launcher sees most changes; this also sees those that only a ctime
   * shows.
   */
  #isOutdated(): boolean {
    const { path, id } = this.#options.surroundings.configRevision;
    return readConfigRevision(path).id !== id;
  }

  #show(): void {
    if (this.#takesAny()) this.#presence.open();
    else this.#presence.close();
  }

  /**
   * Whether any container of the group may join. Never throws, because that must not fail a container that is already
   * here.
   */
  #takesAny(): boolean {
    const { group, surroundings, target } = this.#options;
    if (!this.#hasRoom || group.member !== "" || target !== undefined) return false;
    try {
      return this.#count + this.#countPending() < surroundings.config.cap && !this.#isOutdated();
    } catch (error) {
      this.#log.warn("not known whether there is room for another container", { error }); // usually EMFILE
      return false;
    }
  }

  #beat(): void {
    this.#presence.beat();
    if (this.#presence.state !== "withdrawn") this.#show();
    this.#checkContainerd();
  }

  #checkRoom(): void {
    const had = this.#hasRoom;
    this.#hasRoom = hasRoom(this.#options.surroundings.libc, this.#directory.bornFd);
    if (had === this.#hasRoom) return;
    if (had) this.#log.warn("no descriptors for another container, new ones get another daemon", {});
    if (this.#presence.state !== "withdrawn") this.#show();
  }

  #checkContainerd(): void {
    this.#linger.check().catch((error: unknown) => this.#log.warn("containerd not looked for", { error }));
  }

  // The response of the call is sent first: the server's shutdown waits for it.
  #shutdownRequested(): void {
    if (this.#options.isSolo && this.#count === 0) this.#linger.endNow();
  }

  async #end(): Promise<void> {
    clearInterval(this.#heartbeat);
    clearInterval(this.#roomCheck);
    this.#idleTrim[Symbol.dispose]();
    try {
      await this.#running?.server.shutdown(AbortSignal.timeout(drainTimeoutMs));
      await this.#running?.service.shutdown(AbortSignal.timeout(flushTimeoutMs));
    } finally {
      if (this.#options.target === undefined) rmSync(this.socket, { force: true });
      this.#directory[Symbol.dispose]();
      this.#ended.resolve();
    }
  }
}
