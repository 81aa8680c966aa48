import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { invalidArgument } from "../../errors/errors.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { type Group, groupLines } from "./group.ts";

/** What a daemon publishes about itself in its directory. */
export interface Registration {
  readonly pid: number;
  /** Clock ticks since boot, as in /proc/PID/stat. With the pid, they identify a process. */
  readonly startTime: number;
  /**
   * Descriptor by which the process holds its directory's file `born` open. It proves to the launcher that the process
   * is alive.
   */
  readonly bornFd: number;
  readonly group: Group;
  /** Path of the socket. */
  readonly socket: string;
  /** What `start` prints. */
  readonly answer: string;
}

/** Returns the address of a daemon's socket as containerd expects it and as the file `address` of the bundle has it. */
export const addressOf = (socket: string): string => `unix://${socket}`;

/**
 * Returns lines, for a shell that has no parser: pid, start time and descriptor · build · namespace · gRPC address ·
 * ttrpc address · `debug=N sched_core=N` · environment · socket directory · shim cgroup · pod or container · address ·
 * answer.
 * @see PROTOCOL.md, "Line formats"
 * @throws {StatusError} InvalidArgument – a value contains a line feed or NUL.
 */
export function encodeRegistration(registration: Registration): string {
  const { pid, startTime, bornFd, group, socket, answer } = registration;
  const lines = [`${pid} ${startTime} ${bornFd}`, ...groupLines(group), addressOf(socket), answer];
  const bad = lines.find((line) => /[\n\0]/.test(line));
  if (bad !== undefined) throw invalidArgument(`${JSON.stringify(bad)} holds a line feed or NUL`);
  return `${lines.join("\n")}\n`;
}

/** Parses a registration. Undefined: the text is not one, for example half of one or one of another version. */
export function parseRegistration(text: string): Registration | undefined {
  const lines = text.split("\n");
  if (lines.length !== 13) return undefined;
  const [process = "", build = "", namespace = "", grpcAddress = "", ttrpcAddress = "", facts = ""] = lines;
  const [, , , , , , environment = "", socketDir = "", shimCgroup = "", member = "", address = "", answer = ""] = lines;
  const [pid, startTime, bornFd = Number.NaN] = process.split(" ").map(Number);
  const found = /^debug=([01]) sched_core=(1?)$/.exec(facts);
  if (!pid || !startTime || Number.isNaN(bornFd) || found === null || !address.startsWith("unix://")) return undefined;
  const flags = { debug: found[1] === "1", schedCore: found[2] === "1" };
  const group = { build, namespace, grpcAddress, ttrpcAddress, ...flags, environment, socketDir, shimCgroup, member };
  return { pid, startTime, bornFd, group, socket: address.slice("unix://".length), answer };
}

/** Reads a registration; undefined if there is none. */
export function readRegistration(path: string): Registration | undefined {
  try {
    return parseRegistration(readFileSync(path, "utf8"));
  } catch (error) {
    if (hasErrorCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

/** Writes a file of a daemon's directory atomically: a reader sees the old or the new content, never half of it. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
}
