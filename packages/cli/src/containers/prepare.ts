import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unknown } from "@dunnage/core";
import { identify, type ProcessIdentity } from "@dunnage/core/client";
import { type Bundle, relocateSpec } from "./bundle.ts";
import { Container, containerFiles } from "./container.ts";
import { type ContainerRecord, writeRecord } from "./record.ts";
import type { ContainerStore } from "./store.ts";

/** What is needed to create the directory of a container. */
export interface NewContainer {
  readonly id: string;
  readonly bundle: Bundle;
  readonly runtime: string;
  readonly launcher: string;
  readonly terminal: boolean;
  readonly stdin: boolean;
  /** Absolute path of the file to which the shim writes the exit status. */
  readonly exitFile?: string | undefined;
}

/**
 * Creates the directory of a container; nothing runs yet.
 * @throws {StatusError} AlreadyExists – the id is in use.
 */
export function prepareContainer(store: ContainerStore, request: NewContainer): Container {
  const { id, bundle, runtime, launcher, terminal, stdin, exitFile } = request;
  const record: ContainerRecord = {
    version: 1,
    id,
    shimNamespace: store.shimNamespace,
    bundle: bundle.path,
    runtime,
    launcher,
    createdAt: new Date().toISOString(),
    command: bundle.spec.process?.args ?? [],
    terminal,
    stdin,
    starter: identify("self") as ProcessIdentity,
  };
  const cgroup = `/dunnage.${store.shimNamespace}.${id}`;
  store.create(id, (directory) => {
    const write = (name: string, text: string): void => writeFileSync(join(directory, name), text, { mode: 0o600 });
    write("config.json", JSON.stringify(relocateSpec(bundle, { terminal, cgroup })));
    for (const name of ["stdout", "stderr", "shimLog"] as const) write(containerFiles[name], "");
    mkdirSync(join(directory, containerFiles.execs), { mode: 0o700 });
    if (stdin) makeFifo(join(directory, containerFiles.stdin));
    if (exitFile !== undefined) symlinkSync(exitFile, join(directory, containerFiles.exit));
    writeRecord(directory, record);
  });
  // The file of an earlier container would be taken for this one's.
  if (exitFile !== undefined) rmSync(exitFile, { force: true });
  return Container.open(store, id);
}

/** Creates a FIFO that only our own user can open; Node has no call for it. */
export function makeFifo(path: string): void {
  const { status, stderr, error } = spawnSync("mkfifo", ["-m", "600", path], { encoding: "utf8" });
  if (status !== 0) throw unknown(`mkfifo: ${error?.message ?? stderr.trim()}`);
}
