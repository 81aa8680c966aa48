import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failedPrecondition, StatusError } from "@dunnage/core";
import { TaskClient } from "@dunnage/core/client";
import type { CommandContext } from "../command.ts";
import type { Launch } from "./launcher.ts";
import { type ContainerRecord, readRecord, writeRecord } from "./record.ts";
import type { ContainerStore } from "./store.ts";

/** Files of a container in its directory, beside `config.json` and what the shim writes there. */
export const containerFiles = {
  /** What it wrote, as it wrote it; with a terminal all of it is in `stdout`. */
  stdout: "stdout.log",
  stderr: "stderr.log",
  /** A FIFO: what is written into it is the container's input. Only if it has one. */
  stdin: "stdin",
  /** What the shim logs about it. */
  shimLog: "log",
  /** Written by the shim, in decimal, when init is over. A link if the user wants it elsewhere. */
  exit: "exit",
  /** Address of its daemon, as the launcher leaves it. */
  address: "address",
  /** A directory for each exec that is attached or not yet cleaned up. */
  execs: "execs",
} as const;

/** One container of the store, as its directory shows it. */
export class Container {
  readonly id: string;
  readonly directory: string;
  #record: ContainerRecord;

  private constructor(id: string, directory: string, record: ContainerRecord) {
    this.id = id;
    this.directory = directory;
    this.#record = record;
  }

  /** @throws {StatusError} NotFound – no such container; FailedPrecondition – a directory that is none of ours. */
  static open(store: ContainerStore, id: string): Container {
    const directory = store.find(id);
    const record = readRecord(directory);
    if (record === undefined) throw failedPrecondition(`container ${id}: ${directory} has no readable container.json`);
    return new Container(id, directory, record);
  }

  /** As `open`; undefined instead of an error, for a container that has just been removed. */
  static tryOpen(store: ContainerStore, id: string): Container | undefined {
    const directory = store.path(id);
    const record = readRecord(directory);
    return record && new Container(id, directory, record);
  }

  get record(): ContainerRecord {
    return this.#record;
  }

  update(changes: Partial<Pick<ContainerRecord, "init" | "exit">>): void {
    this.#record = { ...this.#record, ...changes };
    writeRecord(this.directory, this.#record);
  }

  file(name: keyof typeof containerFiles): string {
    return join(this.directory, containerFiles[name]);
  }

  /** Whether a launcher has found or started a daemon for it. */
  get hasAddress(): boolean {
    return this.#address() !== undefined;
  }

  launch(env: CommandContext["env"]): Launch {
    const { id, directory } = this;
    return { launcher: this.#record.launcher, directory, id, namespace: this.#record.shimNamespace, env };
  }

  /** Connects to its daemon. Undefined: it has none, or one that is gone. */
  async connect(): Promise<TaskClient | undefined> {
    const address = this.#address();
    if (address === undefined) return undefined;
    try {
      return await TaskClient.connect(address);
    } catch (error) {
      if (StatusError.is(error)) return undefined;
      throw error;
    }
  }

  /** As `connect`. @throws {StatusError} FailedPrecondition – there is no daemon, and what that means. */
  async connectOrExplain(): Promise<TaskClient> {
    const client = await this.connect();
    if (client !== undefined) return client;
    const { id } = this;
    if (this.#record.exit !== undefined) throw failedPrecondition(`container ${id} is not running: it has exited`);
    throw failedPrecondition(`container ${id} is lost: its shim is gone; \`dunnage rm ${id}\` removes it`);
  }

  /** What the shim wrote down when init was over; undefined: it did not. */
  exitFromFile(): { status: number; exitedAt: string } | undefined {
    const path = this.file("exit");
    try {
      const text = readFileSync(path, "utf8").trim();
      return /^\d+$/.test(text) ? { status: Number(text), exitedAt: statSync(path).mtime.toISOString() } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Writes down what the shim could not: it was gone when init ended. */
  writeExit(status: number): void {
    if (this.exitFromFile() === undefined) writeFileSync(this.file("exit"), String(status), { mode: 0o600 });
  }

  #address(): string | undefined {
    try {
      return readFileSync(this.file("address"), "utf8").trim() || undefined;
    } catch {
      return undefined;
    }
  }
}
