import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failedPrecondition, StatusError } from "@dunnage/core";
import { TaskClient } from "@dunnage/core/client";
import type { CommandContext } from "../command.ts";
import type { Launch } from "./launcher.ts";
import { type ContainerRecord, readRecord, writeRecord } from "./record.ts";
import type { ContainerStore } from "./store.ts";

/** The files in a container's directory, in addition to `config.json` and what the shim writes there. */
export const containerFiles = {
  /** The output of the container, unmodified; with a terminal all of it is in `stdout`. */
  stdout: "stdout.log",
  stderr: "stderr.log",
  /** A FIFO: data written into it is the container's input. It exists only if the container has an input. */
  stdin: "stdin",
  /** The shim's log about the container. */
  shimLog: "log",
  /** The exit status in decimal, written by the shim when init has ended. A link if the user wants it elsewhere. */
  exit: "exit",
  /** Address of the container's daemon, as the launcher writes it. */
  address: "address",
  /** Has a directory for each exec that is attached or not yet cleaned up. */
  execs: "execs",
} as const;

/** A container of the store, as its directory describes it. */
export class Container {
  readonly id: string;
  readonly directory: string;
  #record: ContainerRecord;

  private constructor(id: string, directory: string, record: ContainerRecord) {
    this.id = id;
    this.directory = directory;
    this.#record = record;
  }

  /** @throws {StatusError} NotFound – no such container; FailedPrecondition – the directory is not one of ours. */
  static open(store: ContainerStore, id: string): Container {
    const directory = store.find(id);
    const record = readRecord(directory);
    if (record === undefined) throw failedPrecondition(`container ${id}: ${directory} has no readable container.json`);
    return new Container(id, directory, record);
  }

  /** Like `open`, but undefined instead of an error, for a container that has just been removed. */
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

  /** Whether a launcher has found or started a daemon for the container. */
  get hasAddress(): boolean {
    return this.#address() !== undefined;
  }

  launch(env: CommandContext["env"]): Launch {
    const { id, directory } = this;
    return { launcher: this.#record.launcher, directory, id, namespace: this.#record.shimNamespace, env };
  }

  /** Connects to the container's daemon. Undefined: it has none, or the daemon is gone. */
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

  /**
   * Like `connect`.
   * @throws {StatusError} FailedPrecondition – there is no daemon; the message says what that means.
   */
  async connectOrExplain(): Promise<TaskClient> {
    const client = await this.connect();
    if (client !== undefined) return client;
    const { id } = this;
    if (this.#record.exit !== undefined) throw failedPrecondition(`container ${id} is not running: it has exited`);
    throw failedPrecondition(`container ${id} is lost: its shim is gone; \`dunnage rm ${id}\` removes it`);
  }

  /** Returns the exit that the shim recorded when init ended; undefined: it recorded none. */
  exitFromFile(): { status: number; exitedAt: string } | undefined {
    const path = this.file("exit");
    try {
      const text = readFileSync(path, "utf8").trim();
      return /^\d+$/.test(text) ? { status: Number(text), exitedAt: statSync(path).mtime.toISOString() } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Records the exit in place of the shim, which was gone when init ended. */
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
