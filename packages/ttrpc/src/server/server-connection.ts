import type { Socket } from "node:net";
import { isUint8Array } from "node:util/types";
import { Code } from "../code.ts";
import { StatusError } from "../status-error.ts";
import { MessageType, messageTooLarge } from "../wire/frame.ts";
import { type Frame, FrameReader } from "../wire/frame-reader.ts";
import { FrameWriter } from "../wire/frame-writer.ts";
import { decodeRequest, type Request } from "../wire/request.ts";
import { encodeResponseFrame, type Response } from "../wire/response.ts";
import type { Replay, UnaryMethod } from "./call.ts";
import type { MethodTable } from "./method-table.ts";
import { ServerCall } from "./server-call.ts";

/** What a connection needs from its server. */
export interface ConnectionOwner {
  readonly methods: MethodTable;
  connectionClosed(connection: ServerConnection): void;
  reportError(error: unknown): void;
}

/** The requests of a connection that are replays, by stream id. */
export type Replays = ReadonlyMap<number, Replay>;

/** The parts of a connection. */
export interface ConnectionParts {
  readonly id: number;
  readonly socket: Socket;
  readonly replays: Replays;
}

const noPayload = new Uint8Array(0);

/**
 * One connection of a server. Its whole state is the unread bytes (reader), the unsent bytes (writer), the highest
 * stream id seen and the calls in flight.
 */
export class ServerConnection {
  readonly id: number;
  readonly #socket: Socket;
  readonly #replays: Replays;
  readonly #owner: ConnectionOwner;
  readonly #reader = new FrameReader();
  readonly #writer: FrameWriter;
  readonly #calls = new Map<number, ServerCall>();
  #lastStreamId = 0;
  #state: "open" | "draining" | "ended" = "open";

  /** Takes over the socket; reading begins with `start`. */
  constructor({ id, socket, replays }: ConnectionParts, owner: ConnectionOwner) {
    this.id = id;
    this.#socket = socket;
    this.#replays = replays;
    this.#owner = owner;
    this.#writer = new FrameWriter(socket);
  }

  /** Starts reading. */
  start(): void {
    const socket = this.#socket;
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("drain", () => this.#resume());
    // There is no half-open mode: a peer that stops sending does not want the responses either.
    socket.on("end", () => this.destroy());
    socket.on("close", () => this.#closed());
    if (socket.destroyed) this.#closed();
    else socket.resume();
  }

  /** Closes as soon as no call is in flight and every response was sent. Until then requests are served as before. */
  drain(): void {
    if (this.#state === "open") this.#state = "draining";
    this.#endIfIdle();
  }

  /** Closes at once: responses are lost, and the signals of the calls in flight abort. */
  destroy(): void {
    this.#state = "ended";
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#state === "ended") return; // the last responses are being sent
    this.#reader.push(chunk);
    this.#serveFrames();
  }

  #resume(): void {
    this.#serveFrames();
    if (!this.#writer.congested) this.#socket.resume();
  }

  // While a peer does not read its responses, its requests are not read either. So it cannot make the queue grow.
  #serveFrames(): void {
    try {
      while (this.#state !== "ended" && !this.#writer.congested) {
        const frame = this.#reader.next();
        if (frame === undefined) break;
        this.#serve(frame);
      }
    } catch (error) {
      this.#owner.reportError(error); // not ttrpc: the peer would not understand a response
      this.destroy();
    }
    if (this.#writer.congested) this.#socket.pause();
    this.#endIfIdle();
  }

  // The checks are in the order of the Go server. A refusal uses the stream id of the frame and is not fatal.
  #serve(frame: Frame): void {
    const { streamId, type, data } = frame;
    // After a message that is too large the id stays usable.
    if (data === undefined) this.#refuse(streamId, messageTooLarge(frame.length));
    else if (streamId % 2 === 0) this.#refuseInvalid(streamId, "StreamID must be odd for client initiated streams");
    else if (type === MessageType.Request) this.#serveRequest(streamId, data);
    else if (type === MessageType.Data) this.#refuseData(streamId);
    // Other types are skipped.
  }

  #serveRequest(streamId: number, message: Buffer): void {
    if (streamId <= this.#lastStreamId) {
      this.#refuseInvalid(streamId, "StreamID cannot be re-used and must increment");
      return;
    }
    this.#lastStreamId = streamId;
    let request: Request;
    try {
      request = decodeRequest(message);
    } catch (error) {
      this.#refuseInvalid(streamId, `unmarshal request error: ${StatusError.from(error).message}`);
      return;
    }
    this.#serveCall(streamId, request);
  }

  #serveCall(streamId: number, request: Request): void {
    const method = this.#owner.methods.find(request.service, request.method);
    if (method instanceof StatusError) this.#refuse(streamId, method);
    else this.#run(method, new ServerCall({ connectionId: this.id, streamId }, request, this.#replays.get(streamId)));
  }

  #run(method: UnaryMethod, call: ServerCall): void {
    this.#calls.set(call.streamId, call);
    try {
      const payload = method(call.payload, call);
      if (isUint8Array(payload)) this.#answer(call, { status: undefined, payload });
      else void this.#settle(call, payload);
    } catch (error) {
      this.#fail(call, error);
    }
  }

  async #settle(call: ServerCall, pending: Promise<Uint8Array>): Promise<void> {
    try {
      const payload = await pending;
      if (!isUint8Array(payload)) throw new StatusError(Code.Internal, "ttrpc: the method returned no bytes");
      this.#answer(call, { status: undefined, payload });
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #fail(call: ServerCall, error: unknown): void {
    const status = StatusError.from(error);
    if (status !== error && status.code === Code.Unknown) this.#owner.reportError(error);
    this.#answer(call, { status, payload: noPayload });
  }

  #answer(call: ServerCall, response: Response): void {
    call.finish();
    if (this.#calls.get(call.streamId) !== call) return; // already answered, or the peer is gone
    this.#calls.delete(call.streamId);
    this.#send(call.streamId, response);
    this.#endIfIdle();
  }

  // Streams are not implemented. Data for a streaming call would go to the call's queue here, and the flags of the
  // frame would mark its end. On a unary call, Data is the peer's error: the Go client takes the refusal as the
  // response.
  #refuseData(streamId: number): void {
    const call = this.#calls.get(streamId);
    if (call === undefined) {
      this.#refuseInvalid(streamId, "StreamID is no longer active");
      return;
    }
    this.#calls.delete(streamId);
    call.cancel();
    this.#refuseInvalid(streamId, "data handling error: the method is not a stream");
  }

  #refuseInvalid(streamId: number, text: string): void {
    this.#refuse(streamId, new StatusError(Code.InvalidArgument, text));
  }

  #refuse(streamId: number, status: StatusError): void {
    this.#send(streamId, { status, payload: noPayload });
  }

  #send(streamId: number, response: Response): void {
    let frame: Buffer;
    try {
      frame = encodeResponseFrame(streamId, response);
    } catch (error) {
      // Over the message limit. Go closes the whole connection here; this server fails only the one call.
      frame = encodeResponseFrame(streamId, { status: StatusError.from(error, Code.Internal), payload: noPayload });
    }
    this.#writer.write(frame);
  }

  #endIfIdle(): void {
    if (this.#state !== "draining" || this.#calls.size > 0 || this.#writer.congested) return;
    this.#state = "ended";
    this.#writer.flush();
    this.#socket.end(() => this.#socket.destroy());
  }

  #closed(): void {
    this.#state = "ended";
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.cancel();
    this.#owner.connectionClosed(this);
  }
}
