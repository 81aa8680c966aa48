import { rmSync } from "node:fs";
import { join } from "node:path";
import { invalidArgument, unknown } from "../errors/errors.ts";
import { readRegularFile } from "../spec/read-regular-file.ts";

/**
 * Path to which the runtime writes the init process's pid. The name is that of containerd's shim: other tools read it.
 */
export function initPidFile(bundle: string): string {
  return join(bundle, "init.pid");
}

/**
 * Path to which the runtime writes the pid of an exec process; the file stays until `removeExecFiles`. No exec id can
 * turn it into `init.pid`.
 */
export function execPidFile(bundle: string, execId: string): string {
  return join(bundle, `exec-${fileName(execId)}.pid`);
}

/**
 * Path to which a runtime with a sandbox writes the pid that an exec has inside the sandbox; the file stays until
 * `removeExecFiles`. No exec id can turn it into another exec's file.
 */
export function execInternalPidFile(bundle: string, execId: string): string {
  return join(bundle, `internal-${fileName(execId)}.pid`);
}

/** Path of the OCI process object of an exec, which exists for the duration of the call. */
export function execProcessFile(bundle: string, execId: string): string {
  return join(bundle, `exec-${fileName(execId)}-process.json`);
}

/** Removes what an exec left in the bundle; idempotent. The Delete of the exec calls it. */
export function removeExecFiles(bundle: string, execId: string): void {
  rmSync(execPidFile(bundle, execId), { force: true });
  rmSync(execInternalPidFile(bundle, execId), { force: true });
  rmSync(execProcessFile(bundle, execId), { force: true });
}

/** Parses the text of a pid file; undefined if it is not a pid. */
export function parsePid(text: string): number | undefined {
  const trimmed = text.trim();
  const pid = /^[1-9]\d{0,9}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  return pid <= 0x7fff_ffff ? pid : undefined;
}

/** Reads the pid that an OCI runtime wrote. @throws {StatusError} Unknown – no file, or no pid in it. */
export function readPidFile(path: string): number {
  let text: string;
  try {
    text = readRegularFile(path);
  } catch (error) {
    throw unknown(`the runtime wrote no pid file: ${(error as Error).message}`, { cause: error });
  }
  const pid = parsePid(text);
  if (pid === undefined) throw unknown(`no pid in ${path}: ${JSON.stringify(text.slice(0, 40))}`);
  return pid;
}

function fileName(execId: string): string {
  if (execId === "" || execId.includes("/") || execId.includes("\0")) {
    throw invalidArgument(`exec id ${JSON.stringify(execId)} is no file name`);
  }
  return execId;
}
