import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProcessIdentity } from "@dunnage/core/client";

/** What `dunnage` itself keeps of a container. What the shim keeps lies beside it. */
export interface ContainerRecord {
  readonly version: 1;
  readonly id: string;
  /** The namespace that the shim was told; see `ContainerStore`. */
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
  /** Whether its standard input is open, to attached clients. */
  readonly stdin: boolean;
  /** Who makes the container: without `init`, and with that process gone, it stays half made. */
  readonly starter: ProcessIdentity;
  /** Once it is made. */
  readonly init?: ProcessIdentity;
  /** Once it is over and the shim has forgotten it. */
  readonly exit?: { readonly status: number; readonly exitedAt: string };
}

const path = (directory: string): string => join(directory, "container.json");

/** Writes the record so that a reader sees the old or the new one, never half of it. */
export function writeRecord(directory: string, record: ContainerRecord): void {
  const temporary = `${path(directory)}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path(directory));
}

/** Returns undefined for a directory that holds none, or one of another version. */
export function readRecord(directory: string): ContainerRecord | undefined {
  try {
    const record: ContainerRecord = JSON.parse(readFileSync(path(directory), "utf8"));
    return record?.version === 1 ? record : undefined;
  } catch {
    return undefined;
  }
}
