import type { Cgroup } from "../../cgroups/cgroup.ts";
import type { Metrics } from "../../cgroups/metrics/metrics.ts";
import { notFound, resourceExhausted } from "../../errors/errors.ts";
import type { Adjustment } from "../../hooks/adjustment/adjustment.ts";
import type { ContainerRef, Created, Runtime } from "../../runtime/runtime.ts";
import type { CommandLimit } from "./command-limit.ts";
import type { ContainerHandles } from "./container-handles.ts";
import type { ContainerRecord, OwnRecord } from "./container-record.ts";
import type { Ending } from "./ending.ts";
import { toChanges } from "./fact.ts";
import type { DaemonIdentity, HookRecord, Journal, OwedStage } from "./journal.ts";
import { Process } from "./process.ts";
import { newProcess, type ProcessRecord } from "./process-record.ts";

/**
 * Most execs of one container at a time. Beyond that, the oldest of those that have ended and that no client has
 * deleted are forgotten.
 */
const maxExecs = 10_000;

/** How the client's configuration is to be run, once hooks have judged it. */
type Adjusted = Pick<OwnRecord, "hardening" | "poststopMs">;
type AddedExec = Pick<ProcessRecord, "execId" | "paths" | "spec">;

/**
 * A container of this daemon: its init process, its execs and its runtime. Its record says what has happened to it, and
 * changes only by the methods that are named after facts, here and in `Process`.
 */
export class Container {
  readonly handles: ContainerHandles;
  readonly init: Process;
  readonly #execs: Map<string, Process>;
  #record: OwnRecord;

  private constructor({ init, execs, ...own }: ContainerRecord, handles: ContainerHandles) {
    this.handles = handles;
    this.#record = own;
    this.init = this.#toProcess(init);
    this.#execs = new Map(execs.map((exec) => [exec.execId, this.#toProcess(exec)]));
  }

  /** Returns a new container, or one that continues where the record ends. */
  static from(record: ContainerRecord, handles: ContainerHandles): Container {
    const container = new Container(record, handles);
    if (container.init.isGone) handles.commands.begin();
    return container;
  }

  get record(): ContainerRecord {
    return { ...this.#record, init: this.init.record, execs: this.execs.map(({ record }) => record) };
  }

  get ref(): ContainerRef {
    return this.#record.ref;
  }

  get runtime(): Runtime {
    return this.handles.runtime;
  }

  /** The runtime's name in the configuration; its own may differ. */
  get runtimeName(): string {
    return this.#record.runtimeName;
  }

  get annotations(): Readonly<Record<string, string>> {
    return this.#record.annotations;
  }

  /** True: the kernel kills every process of the container when its init exits. */
  get privatePidNamespace(): boolean {
    return this.#record.privatePidNamespace;
  }

  /** The image that Create names. */
  get restoreFrom(): OwnRecord["restoreFrom"] {
    return this.#record.restoreFrom;
  }

  /** What hooks tightened at create. It applies to execs and updates as well. */
  get hardening(): readonly Adjustment[] {
    return this.#record.hardening ?? [];
  }

  /** As `poststopLimitMs`. */
  get poststopMs(): number {
    const { poststopMs } = this.#record;
    return poststopMs === "unlimited" ? Number.POSITIVE_INFINITY : poststopMs;
  }

  /** Undefined: no cgroup of its own was found. */
  get cgroup(): Cgroup | undefined {
    return this.#record.cgroup;
  }

  /** As `Created.sandbox`. */
  get sandbox(): Created["sandbox"] {
    return this.#record.sandbox;
  }

  /** Number of OOM kills that were reported. */
  get oomKills(): number {
    return this.#record.oomKills;
  }

  /**
   * What Stats last answered, or what was read when init exited. Used if the cgroup is removed before the container is.
   */
  get lastMetrics(): Metrics | undefined {
    const metrics = this.#record.lastMetrics;
    return metrics && { type_url: metrics.typeUrl, value: Buffer.from(metrics.value, "base64") };
  }

  /** Where the last checkpoint is; undefined if there was none, or it failed. */
  get checkpointPath(): string | undefined {
    return this.#record.checkpointPath;
  }

  /** Hooks of `preStop` have been called. */
  get isStopAnnounced(): boolean {
    return this.#record.stopAnnounced;
  }

  /** True once the runtime has forgotten the container: no command finds it any more. */
  get isForgotten(): boolean {
    return this.#record.isForgotten;
  }

  get commands(): CommandLimit {
    return this.handles.commands;
  }

  get ending(): Ending {
    return this.handles.ending;
  }

  /** The execs that no client has deleted, the oldest first. */
  get execs(): readonly Process[] {
    return [...this.#execs.values()];
  }

  /** Whether an exec has this id, and clients can start it. */
  isExecAdded(execId: string): boolean {
    return this.#execs.has(execId);
  }

  /** Whether an exec has this id. One that hooks are judging counts. */
  hasExec(execId: string): boolean {
    return this.#execs.has(execId) || this.handles.reservedExecs.has(execId);
  }

  /** Whether an exec runs or is being started, or its exit was not reported yet. Init's exit is reported after it. */
  get hasLiveExecs(): boolean {
    for (const { isLive } of this.#execs.values()) if (isLive) return true;
    return false;
  }

  /**
   * Returns init for the empty id, else the exec.
   * @throws {StatusError} NotFound – no such exec.
   */
  process(execId: string): Process {
    if (execId === "") return this.init;
    const exec = this.#execs.get(execId);
    if (exec === undefined) throw notFound(`process does not exist ${execId}: not found`);
    return exec;
  }

  /** Returns the journal that this daemon writes for the container. */
  journal(daemon: DaemonIdentity): Journal {
    const { ref, runtimeName, hooks, hardening } = this.#record;
    const { id, namespace, options } = ref;
    return { version: 1, id, namespace, runtime: runtimeName, options, daemon, exit: this.init.exit, hooks, hardening };
  }

  /**
   * Reserves an exec's id and makes room for one more exec. Disposing the result ends the reservation.
   * @throws {StatusError} ResourceExhausted – there are 10,000, and none of them has ended.
   */
  reserveExec(execId: string): Disposable {
    const { reservedExecs } = this.handles;
    const { size } = this.#execs;
    if (size + reservedExecs.size >= maxExecs) {
      const oldest = this.execs.find(({ state, io }) => state === "stopped" && io === undefined);
      if (oldest === undefined) throw resourceExhausted(`container ${this.ref.id} has ${size} execs`);
      this.execDeleted(oldest.execId);
    }
    reservedExecs.add(execId);
    return { [Symbol.dispose]: () => reservedExecs.delete(execId) };
  }

  /** Settles when no exec is live, or after `timeoutMs`. */
  async execsGone(timeoutMs: number): Promise<void> {
    if (!this.hasLiveExecs) return;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    await this.handles.execsGone.wait(limit.signal).catch(() => {});
    clearTimeout(timer);
  }

  /** Called when an exec that was live has ended, or could not be started. */
  execGone(): void {
    if (!this.hasLiveExecs) this.handles.execsGone.release();
  }

  adjusted({ hardening, poststopMs }: Adjusted): void {
    this.#change({ hardening, poststopMs });
  }

  /** The runtime has created or restored the container. */
  created(created: Created, cgroup: Cgroup | undefined): void {
    this.#change({ sandbox: created.sandbox, cgroup });
    this.init.created(created);
  }

  execAdded(exec: AddedExec): void {
    const record = newProcess(exec);
    this.handles.happened({ kind: "exec added", exec: record });
    this.#execs.set(exec.execId, this.#toProcess(record));
  }

  /** A client has deleted the exec, or it is forgotten. */
  execDeleted(execId: string): void {
    this.#execs.delete(execId);
    this.handles.execDeleted(execId);
    this.handles.happened({ kind: "exec deleted", execId });
  }

  stopAnnounced(): void {
    this.#change({ stopAnnounced: true });
  }

  /** An image of it was written; undefined: an image is being written, so no earlier one counts. */
  checkpointed(checkpointPath: string | undefined): void {
    this.#change({ checkpointPath });
  }

  oomKilled(oomKills: number): void {
    this.#change({ oomKills });
  }

  measured({ type_url: typeUrl, value }: Metrics): void {
    this.#change({ lastMetrics: { typeUrl, value: Buffer.from(value).toString("base64") } });
  }

  /** The runtime has forgotten the container. */
  forgotten(): void {
    this.#change({ isForgotten: true });
  }

  /** The hooks of a stage of its end have started, or are done. */
  hooksRan(stage: OwedStage, hook: HookRecord): void {
    this.#change({ hooks: { ...this.#record.hooks, [stage]: hook } });
  }

  #change(facts: Partial<OwnRecord>): void {
    this.#record = { ...this.#record, ...facts };
    this.handles.happened({ kind: "container", changes: toChanges(facts) });
  }

  #toProcess(record: ProcessRecord): Process {
    const { execId } = record;
    const handles = execId === "" ? this.handles.init : this.handles.exec(execId);
    return new Process({ containerId: this.ref.id, record, handles }, (changes) =>
      this.handles.happened({ kind: "process", execId, changes }),
    );
  }
}
