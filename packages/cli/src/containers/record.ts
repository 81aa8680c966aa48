import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessIdentity } from "@dunnage/core/client";

/** What `dunnage` itself records about a container. The shim's own files are next to it. */
export interface ContainerRecord {
  readonly version: 1;
  readonly id: string;
  /** The namespace that is passed to the shim; see `ContainerStore`. */
  readonly shimNamespace: string;
  /** The user's bundle. */
  readonly bundle: string;
  /** As the user named it. */
  readonly runtime: string;
  /** Absolute path of the launcher. */
  readonly launcher: string;
  readonly createdAt: string;
  readonly command: readonly string[];
  readonly terminal: boolean;
  /** Whether attached clients can write to its standard input. */
  readonly stdin: boolean;
  /**
   * The process that creates the container. If it is gone and there is no `init`, the container remains half created.
   */
  readonly starter: ProcessIdentity;
  /** Set once the container has been created. */
  readonly init?: ProcessIdentity;
  /** Set once the container has ended and the shim has forgotten it. */
  readonly exit?: { readonly status: number; readonly exitedAt: string };
}

const path = (directory: string): string => join(directory, "container.json");

/** Writes the record so that a reader sees the old or the new one, never half of it. */
export function writeRecord(directory: string, record: ContainerRecord): void {
  const temporary = `${path(directory)}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path(directory));
}

/** Returns the record in a directory; undefined: there is none, or it is of another version. */
export function readRecord(directory: string): ContainerRecord | undefined {
  try {
    const record: ContainerRecord = JSON.parse(readFileSync(path(directory), "utf8"));
    return record?.version === 1 ? record : undefined;
  } catch {
    return undefined;
  }
}
