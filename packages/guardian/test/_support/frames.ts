/** Operations of the frames between guardian and worker, as in PROTOCOL.md. */
export const Operation = {
  HELLO: 0x01,
  STATE: 0x02,
  KEEP: 0x03,
  DROP: 0x04,
  WATCH: 0x05,
  DONE: 0x06,
  READY: 0x07,
  SPAWN: 0x08,
  POLL: 0x09,
  PONG: 0x0a,
  SLEEP: 0x0b,
  ALARM: 0x0c,
  END: 0x0d,
  WELCOME: 0x81,
  FD: 0x82,
  EXIT: 0x83,
  STATE_END: 0x84,
  OPENED: 0x85,
  CONN: 0x86,
  SPAWNED: 0x87,
  EVENT: 0x88,
  PING: 0x89,
  QUIESCE: 0x8a,
  REFUSED: 0x8b,
} as const;

/** One frame that a worker received. */
export interface ControlFrame {
  readonly operation: number;
  readonly body: Buffer;
}

/** The content of EXIT. */
export interface Exit {
  readonly sequence: bigint;
  readonly pid: number;
  readonly start: bigint;
  /** As wait(2) returns it. */
  readonly status: number;
  readonly error: number;
  readonly seconds: number;
  readonly isLost: boolean;
  readonly name: string;
}

/** What SPAWN asks for. */
export interface SpawnRequest {
  readonly name: string;
  readonly path: string;
  readonly argv: readonly string[];
  /** Undefined = the guardian's. */
  readonly env?: readonly string[];
  readonly directory?: string;
  /** Target → key of a kept descriptor. */
  readonly descriptors?: Readonly<Record<number, string>>;
}

export function encodeControl(operation: number, body: Uint8Array = new Uint8Array()): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  head[0] = operation;
  return Buffer.concat([head, body]);
}

export function decodeControl(bytes: Uint8Array): ControlFrame[] {
  const buffer = Buffer.from(bytes);
  const frames: ControlFrame[] = [];
  for (let at = 0; at < buffer.length; ) {
    const end = at + 4 + buffer.readUIntBE(at + 1, 3);
    frames.push({ operation: buffer.readUInt8(at), body: buffer.subarray(at + 4, end) });
    at = end;
  }
  return frames;
}

export function encodeWatch(pid: number, start = 0n): Buffer {
  return encodeControl(Operation.WATCH, pidAndNumber(pid, start));
}

export function encodeDone(pid: number, sequence: bigint): Buffer {
  return encodeControl(Operation.DONE, pidAndNumber(pid, sequence));
}

export function encodeDrop(key: string, flags = 0): Buffer {
  return encodeControl(Operation.DROP, Buffer.concat([Buffer.from([flags]), Buffer.from(key)]));
}

export function encodeSpawn({ name, path, argv, env, directory = "", descriptors = {} }: SpawnRequest): Buffer {
  const targets = Object.keys(descriptors).map(Number);
  const head = Buffer.alloc(6);
  head[0] = env === undefined ? 2 : 0;
  head[1] = targets.length;
  head.writeUInt16BE(argv.length, 2);
  head.writeUInt16BE(env?.length ?? 0, 4);
  const strings = [name, path, directory, ...Object.values(descriptors), ...argv, ...(env ?? [])];
  const text = Buffer.from(strings.map((each) => `${each}\0`).join(""));
  return encodeControl(Operation.SPAWN, Buffer.concat([head, Buffer.from(targets), text]));
}

export function decodeExit(body: Buffer): Exit {
  return {
    sequence: body.readBigUInt64BE(0),
    pid: body.readUInt32BE(8),
    start: body.readBigUInt64BE(12),
    status: body.readUInt32BE(20),
    error: body.readUInt32BE(24),
    seconds: Number(body.readBigUInt64BE(28)),
    isLost: body.readUInt8(40) === 1,
    name: body.toString("utf8", 41),
  };
}

function pidAndNumber(pid: number, number: bigint): Buffer {
  const body = Buffer.alloc(12);
  body.writeUInt32BE(pid);
  body.writeBigUInt64BE(number, 4);
  return body;
}
