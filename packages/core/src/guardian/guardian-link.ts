import { Socket } from "node:net";
import { getSystemErrorMessage } from "node:util";
import type { Libc } from "../native/libc.ts";
import {
  type ControlFrame,
  ControlReader,
  encodeControl,
  FromGuardian,
  protocolVersion,
  ToGuardian,
} from "./frames.ts";
import {
  decodeConnection,
  decodeExit,
  decodeWelcome,
  encodeKey,
  encodeNumbers,
  encodePid,
  type GuardedConnection,
  type GuardedExit,
  type Welcome,
} from "./messages.ts";

/** The descriptors with which a guardian starts its worker. */
export const inherited = { control: 3, rights: 4 } as const;

/** What the worker does with what the guardian reports. */
export interface GuardianListener {
  /** A connection of a client; the listener owns the socket. */
  connected(socket: Socket, connection: GuardedConnection): void;
  /** A process that is watched has ended, or one that was spawned. It is reported again to later workers until `done`. */
  exited(exit: GuardedExit): void;
  /** No request comes any more, and this worker is ended after `ms`: another build takes its place. */
  quiesced(ms: number): void;
  /** A descriptor was not kept, or a process is not watched: the guardian's tables are full, or it has not got the file. */
  refused(error: Error): void;
  /** The guardian is gone, and with it everything that it kept. */
  lost(): void;
}

/** A descriptor that outlived a worker. The receiver owns it. */
export interface KeptDescriptor {
  readonly fd: number;
  /** The guardian has a write end of this FIFO as well. */
  readonly hasWriter: boolean;
}

export interface GuardianLinkOptions {
  readonly libc: Pick<Libc, "receiveDescriptor" | "sendDescriptor" | "setCloseOnExec">;
  readonly listener: GuardianListener;
  /** Default: `inherited`. */
  readonly descriptors?: { readonly control: number; readonly rights: number };
}

const keepWriter = 1;
const dropPrefix = 1;
const dropWriter = 2;

/**
 * The worker's side of the protocol between a guardian and its worker: `hello`, `state`, then `ready`. What it asks for
 * counts once the bytes are written, even if this process dies at the next instruction.
 * @see packages/guardian/PROTOCOL.md
 */
export class GuardianLink {
  readonly #options: GuardianLinkOptions;
  readonly #control: Socket;
  readonly #rights: number;
  readonly #reader = new ControlReader();
  readonly #kept = new Map<string, KeptDescriptor>();
  readonly #opening = new Map<string, PromiseWithResolvers<void>>();
  readonly #polled = new Map<string, PromiseWithResolvers<void>>();
  readonly #welcome = Promise.withResolvers<Welcome>();
  readonly #state = Promise.withResolvers<ReadonlyMap<string, KeptDescriptor>>();

  constructor(options: GuardianLinkOptions) {
    const { control, rights } = options.descriptors ?? inherited;
    this.#options = options;
    this.#rights = rights;
    for (const fd of [control, rights]) options.libc.setCloseOnExec(fd, true);
    this.#control = new Socket({ fd: control, readable: true, writable: true });
    this.#control.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#control.on("error", () => {}).on("close", () => this.#lost());
  }

  /**
   * Introduces this worker. A guardian with another version of the protocol ends it.
   * @param build – at most 64 bytes; shown by the guardian's status.
   */
  hello(build: string): Promise<Welcome> {
    this.#send(ToGuardian.Hello, Buffer.concat([encodeNumbers(protocolVersion, process.pid), Buffer.from(build)]));
    return this.#welcome.promise;
  }

  /**
   * Resolves with what earlier workers kept. Exits that they did not confirm were reported to the listener before. A
   * replacement waits here until the worker that it replaces has ended.
   */
  state(): Promise<ReadonlyMap<string, KeptDescriptor>> {
    this.#send(ToGuardian.State);
    return this.#state.promise;
  }

  /** From now on connections may come. */
  ready(): void {
    this.#send(ToGuardian.Ready);
  }

  /** Has the guardian keep a duplicate of `fd`. One that it kept under the same key is closed. */
  keep(key: string, fd: number): void {
    this.#options.libc.sendDescriptor(this.#rights, fd);
    this.#send(ToGuardian.Keep, encodeKey(0, key));
  }

  /**
   * As `keep`, for the read end of a FIFO: the guardian opens a write end too. Resolves when that is open: only then may
   * this process open its own, or its death would be an end of file.
   */
  keepWithWriter(key: string, fd: number): Promise<void> {
    const opening = Promise.withResolvers<void>();
    this.#opening.set(key, opening);
    this.#options.libc.sendDescriptor(this.#rights, fd);
    this.#send(ToGuardian.Keep, encodeKey(keepWriter, key));
    return opening.promise;
  }

  /** Closes a kept descriptor and its write end. */
  drop(key: string): void {
    this.#send(ToGuardian.Drop, encodeKey(0, key));
  }

  /** Closes every descriptor whose key begins with `prefix`. */
  dropAll(prefix: string): void {
    this.#send(ToGuardian.Drop, encodeKey(dropPrefix, prefix));
  }

  /** Closes the guardian's write end of a FIFO. */
  dropWriter(key: string): void {
    this.#send(ToGuardian.Drop, encodeKey(dropWriter, key));
  }

  /** Asks for the exit of a process. `startTime`: field 22 of `/proc/PID/stat`; 0n: the process that has this pid now. */
  watch(pid: number, startTime: bigint): void {
    this.#send(ToGuardian.Watch, encodePid(pid, startTime));
  }

  /** Confirms that an exit is recorded: no later worker gets it. */
  done({ pid, sequence }: Pick<GuardedExit, "pid" | "sequence">): void {
    this.#send(ToGuardian.Done, encodePid(pid, sequence));
  }

  /** Resolves when the kept descriptor is readable. Rejects if there is none, or the guardian is gone. */
  readable(key: string): Promise<void> {
    const asked = this.#polled.get(key);
    if (asked !== undefined) return asked.promise;
    const polled = Promise.withResolvers<void>();
    this.#polled.set(key, polled);
    this.#send(ToGuardian.Poll, Buffer.from(key));
    return polled.promise;
  }

  /** Ends the group: the guardian delivers what was answered, and exits. */
  end(): void {
    this.#send(ToGuardian.End);
  }

  [Symbol.dispose](): void {
    this.#control.destroy();
  }

  #send(operation: number, body?: Uint8Array): void {
    this.#control.write(encodeControl(operation, body));
  }

  #receive(chunk: Buffer): void {
    for (const frame of this.#reader.push(chunk)) this.#apply(frame);
  }

  #apply({ operation, body }: ControlFrame): void {
    const { listener } = this.#options;
    if (operation === FromGuardian.Welcome) this.#welcome.resolve(decodeWelcome(body));
    else if (operation === FromGuardian.Fd) this.#add(body);
    else if (operation === FromGuardian.StateEnd) this.#state.resolve(this.#kept);
    else if (operation === FromGuardian.Exit) listener.exited(decodeExit(body));
    else if (operation === FromGuardian.Conn) this.#connect(decodeConnection(body));
    else if (operation === FromGuardian.Opened) this.#settle(body.toString());
    else if (operation === FromGuardian.Event) this.#notify(body.toString());
    else if (operation === FromGuardian.Ping) this.#pong(body);
    else if (operation === FromGuardian.Quiesce) listener.quiesced(body.readUInt32BE(0));
    else if (operation === FromGuardian.Refused) this.#refused(body);
  }

  #add(body: Buffer): void {
    const fd = this.#options.libc.receiveDescriptor(this.#rights);
    this.#kept.set(body.toString("utf8", 1), { fd, hasWriter: (body.readUInt8(0) & keepWriter) !== 0 });
  }

  #connect(connection: GuardedConnection): void {
    const fd = this.#options.libc.receiveDescriptor(this.#rights);
    this.#options.listener.connected(new Socket({ fd, readable: true, writable: true }), connection);
  }

  /** Answers with how long a turn of the event loop takes. */
  #pong(number: Buffer): void {
    const pingedAt = performance.now();
    setImmediate(() => {
      const lagMs = Math.round(performance.now() - pingedAt);
      this.#send(ToGuardian.Pong, Buffer.concat([number, encodeNumbers(lagMs)]));
    });
  }

  #settle(key: string): void {
    this.#opening.get(key)?.resolve();
    this.#opening.delete(key);
  }

  #notify(key: string): void {
    this.#polled.get(key)?.resolve();
    this.#polled.delete(key);
  }

  #refused(body: Buffer): void {
    const operation = body.readUInt8(0);
    const errno = body.readUInt32BE(1);
    const name = body.toString("utf8", 5);
    const error = new Error(`the guardian refused ${name}: ${getSystemErrorMessage(-errno)}`);
    const asked = { [ToGuardian.Keep]: this.#opening, [ToGuardian.Poll]: this.#polled }[operation];
    const waiting = asked?.get(name);
    asked?.delete(name);
    if (waiting === undefined) this.#options.listener.refused(error);
    else waiting.reject(error);
  }

  #lost(): void {
    const error = new Error("the guardian is gone");
    for (const waiting of [...this.#opening.values(), ...this.#polled.values()]) waiting.reject(error);
    this.#opening.clear();
    this.#polled.clear();
    this.#options.listener.lost();
  }
}
