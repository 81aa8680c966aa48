import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, StatusError } from "@dunnage/core";
import { identify, isRunning, type ProcessIdentity, type TaskClient, wire } from "@dunnage/core/client";
import type { Container } from "../containers/container.ts";
import { makeFifo } from "../containers/prepare.ts";

/** The directory of an exec, with its FIFOs and its owner: the client process that takes care of it. */
export class ExecDirectory implements Disposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Creates the directory, with a FIFO for each of `streams`. */
  static create(container: Container, execId: string, streams: readonly string[]): ExecDirectory {
    const directory = new ExecDirectory(join(container.file("execs"), execId));
    mkdirSync(directory.path, { mode: 0o700 });
    writeFileSync(directory.file("owner"), JSON.stringify(identify("self")), { mode: 0o600 });
    for (const stream of streams) makeFifo(directory.file(stream));
    return directory;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/**
 * Deletes execs from the shim that have ended and that no client waits for any more: detached ones, and those whose
 * client was killed.
 */
export async function sweepExecs(container: Container, client: TaskClient): Promise<void> {
  for (const execId of readdirSync(container.file("execs"))) {
    const path = join(container.file("execs"), execId);
    if (!hasOwner(path) && (await isForgotten(container.id, execId, client))) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

function hasOwner(path: string): boolean {
  try {
    const owner: ProcessIdentity = JSON.parse(readFileSync(join(path, "owner"), "utf8"));
    return isRunning(owner);
  } catch {
    return false;
  }
}

async function isForgotten(id: string, execId: string, client: TaskClient): Promise<boolean> {
  try {
    const { status } = await client.state({ id, exec_id: execId });
    if (status !== wire.Status.STOPPED) return false;
    await client.delete({ id, exec_id: execId });
    return true;
  } catch (error) {
    if (StatusError.is(error)) return error.code === Code.NotFound;
    throw error;
  }
}
