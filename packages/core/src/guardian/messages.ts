import type { Replay } from "@dunnage/ttrpc";

/** Why the worker before this one ended. */
const causes = ["first", "crash", "hang", "exit", "upgrade", "wake", "rollback", "protocol error"] as const;

/** What a worker learns of its group when it starts. */
export interface Welcome {
  readonly protocol: number;
  /** The number of this worker, from 1. */
  readonly epoch: number;
  readonly cause: (typeof causes)[number] | "unknown";
  /** Workers that died before they made progress, in a row. */
  readonly deaths: number;
  /** Of the last worker, as wait(2) returns it. */
  readonly status: number;
  /** The end of what the last worker wrote to its standard error. */
  readonly standardError: string;
}

/** A process that the guardian has reaped. */
export interface GuardedExit {
  readonly pid: number;
  /** As of a process that this one reaps: 128 + signal number for one that a signal ended. */
  readonly exitStatus: number;
  /** When the guardian reaped it. */
  readonly exitedAt: Date;
  /** For `done`. */
  readonly sequence: bigint;
  /** Field 22 of `/proc/PID/stat`; 0: unknown. */
  readonly startTime: bigint;
  /** errno of an exec that failed; 0: it did not fail. */
  readonly errno: number;
  /** True: the process is gone, and its status is unknown. */
  readonly isLost: boolean;
  /** Of the request that spawned it; "" if it was not spawned by the guardian. */
  readonly name: string;
}

/** A connection of a client. */
export interface GuardedConnection {
  readonly id: number;
  readonly peer: { readonly pid: number; readonly uid: number; readonly gid: number };
  /** The requests that have waited, by stream id: `attempt` is 0 if no worker before this one had them. */
  readonly replays: ReadonlyMap<number, Replay>;
}

export function decodeWelcome(body: Buffer): Welcome {
  return {
    protocol: body.readUInt32BE(0),
    epoch: body.readUInt32BE(4),
    cause: causes[body.readUInt32BE(8)] ?? "unknown",
    deaths: body.readUInt32BE(12),
    status: body.readUInt32BE(16),
    standardError: body.toString("utf8", 20),
  };
}

export function decodeExit(body: Buffer): GuardedExit {
  const seconds = Number(body.readBigUInt64BE(28));
  return {
    sequence: body.readBigUInt64BE(0),
    pid: body.readUInt32BE(8),
    startTime: body.readBigUInt64BE(12),
    exitStatus: toExitStatus(body.readUInt32BE(20)),
    errno: body.readUInt32BE(24),
    exitedAt: new Date(seconds * 1_000 + body.readUInt32BE(36) / 1e6),
    isLost: (body.readUInt8(40) & 1) !== 0,
    name: body.toString("utf8", 41),
  };
}

export function decodeConnection(body: Buffer): GuardedConnection {
  const [id = 0, pid = 0, uid = 0, gid = 0, count = 0] = [0, 4, 8, 12, 16].map((at) => body.readUInt32BE(at));
  const replays = new Map<number, Replay>();
  for (let at = 20; at < 20 + count * 12; at += 12) {
    replays.set(body.readUInt32BE(at), { attempt: body.readUInt32BE(at + 4), ageMs: body.readUInt32BE(at + 8) });
  }
  return { id, peer: { pid, uid, gid }, replays };
}

/** From the status of wait(2): 128 + signal for a process that a signal ended. */
function toExitStatus(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}

/** Returns `u32 pid · u64 number`. */
export function encodePid(pid: number, number: bigint): Buffer {
  const body = Buffer.alloc(12);
  body.writeUInt32BE(pid);
  body.writeBigUInt64BE(number, 4);
  return body;
}

/** Returns one or more `u32`. */
export function encodeNumbers(...numbers: readonly number[]): Buffer {
  const body = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) body.writeUInt32BE(number, index * 4);
  return body;
}

/** Returns `u8 flags · key`. */
export function encodeKey(flags: number, key: string): Buffer {
  return Buffer.concat([Buffer.from([flags]), Buffer.from(key)]);
}
