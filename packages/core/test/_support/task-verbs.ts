import type { Metrics } from "../../src/cgroups/metrics/metrics.ts";
import type { TerminalSize } from "../../src/native/libc.ts";
import { wire } from "../../src/proto/gen/wire.js";
import type { Call } from "../../src/task/call.ts";
import { checkpoint } from "../../src/task/calls/checkpoint.ts";
import { closeIo } from "../../src/task/calls/close-io.ts";
import { exec } from "../../src/task/calls/exec.ts";
import { kill } from "../../src/task/calls/kill.ts";
import { pause, resume } from "../../src/task/calls/pause.ts";
import { listPids } from "../../src/task/calls/pids.ts";
import { resizePty } from "../../src/task/calls/resize-pty.ts";
import { start } from "../../src/task/calls/start.ts";
import { readStats } from "../../src/task/calls/stats.ts";
import { update } from "../../src/task/calls/update.ts";
import type { Container } from "../../src/task/container/container.ts";
import { ContainerTable } from "../../src/task/container/container-table.ts";
import type { Process } from "../../src/task/container/process.ts";
import type { TaskDeps } from "../../src/task/deps.ts";
import { Tasks } from "../../src/task/tasks.ts";
import { RebuildingTable } from "./rebuilding-table.ts";

let newTable = (): ContainerTable => new ContainerTable();
let isReplaying = false;

/** From now on, fixtures rebuild every container before every call. */
export function rebuildBeforeEveryCall(): void {
  newTable = () => new RebuildingTable();
}

/**
 * From now on each call of a fixture that succeeds is sent again, as after the death of a process that did not answer.
 * The test sees the second answer. The commands that a repeated call runs again are not counted.
 */
export function replayEachCall(): void {
  isReplaying = true;
}

/** The verbs of the Task API, which take the ids of their targets. */
export class TaskVerbs {
  readonly registry: Tasks;
  readonly #table: ContainerTable;
  readonly #commands: string[];

  constructor(deps: TaskDeps, commands: string[]) {
    this.#table = newTable();
    this.registry = new Tasks(deps, this.#table);
    this.#commands = commands;
  }

  [Symbol.dispose](): void {
    if (this.#table instanceof RebuildingTable) this.#table[Symbol.dispose]();
  }

  get size(): number {
    return this.registry.size;
  }

  has(id: string): boolean {
    return this.registry.has(id);
  }

  find(id: string): Container | undefined {
    return this.registry.find(id);
  }

  container(id: string): Container {
    return this.registry.container(id);
  }

  process(id: string, execId: string): Process {
    return this.container(id).process(execId);
  }

  create(request: wire.CreateTaskRequest, signal: AbortSignal): Promise<Container> {
    return this.#run(signal, (origin) => this.registry.create(request, origin));
  }

  start(id: string, execId: string, signal: AbortSignal): Promise<number> {
    return this.#run(signal, (origin) => start(this.registry.call(id, origin), execId));
  }

  async exec(request: wire.ExecProcessRequest, signal: AbortSignal): Promise<void> {
    await this.#run(signal, (origin) => exec(this.registry.call(request.id, origin), request));
  }

  kill({ id, exec_id: execId, signal: number, all }: wire.KillRequest, signal: AbortSignal): Promise<void> {
    return this.#run(signal, (origin) => kill(this.registry.call(id, origin), { execId, signal: number, all }));
  }

  delete(id: string, execId: string, signal: AbortSignal): Promise<wire.DeleteResponse.$Properties> {
    return this.#run(signal, (origin) =>
      this.registry.delete(wire.DeleteRequest.create({ id, exec_id: execId }), origin),
    );
  }

  closeIo(id: string, execId: string): void {
    closeIo(this.container(id), execId);
  }

  resize(id: string, execId: string, size: TerminalSize): void {
    resizePty(this.container(id), execId, size);
  }

  pause(id: string, signal: AbortSignal): Promise<void> {
    return this.#run(signal, (origin) => pause(this.registry.call(id, origin)));
  }

  resume(id: string, signal: AbortSignal): Promise<void> {
    return this.#run(signal, (origin) => resume(this.registry.call(id, origin)));
  }

  checkpoint(request: wire.CheckpointTaskRequest, signal: AbortSignal): Promise<void> {
    return this.#run(signal, (origin) => checkpoint(this.registry.call(request.id, origin), request));
  }

  update(request: wire.UpdateTaskRequest, signal: AbortSignal): Promise<void> {
    return this.#run(signal, (origin) => update(this.registry.call(request.id, origin), request));
  }

  async pids(id: string, signal: AbortSignal): Promise<readonly { pid: number; execId: string }[]> {
    return await listPids(this.registry.call(id, { signal, attempt: 0 }));
  }

  async stats(id: string, signal: AbortSignal): Promise<Metrics> {
    return await readStats(this.registry.call(id, { signal, attempt: 0 }));
  }

  async #run<T>(signal: AbortSignal, call: (origin: Pick<Call, "signal" | "attempt">) => Promise<T>): Promise<T> {
    const answer = await call({ signal, attempt: 0 });
    if (!isReplaying) return answer;
    const count = this.#commands.length;
    try {
      return await call({ signal, attempt: 1 });
    } finally {
      this.#commands.length = count;
    }
  }
}
