import type { Socket } from "node:net";
import { Code } from "../code.ts";
import { StatusError } from "../status-error.ts";
import { MessageType, messageTooLarge } from "../wire/frame.ts";
import { type Frame, FrameReader } from "../wire/frame-reader.ts";
import { FrameWriter } from "../wire/frame-writer.ts";
import { encodeRequestFrame, type Request } from "../wire/request.ts";
import { decodeResponse, type Response } from "../wire/response.ts";
import { ClosedError } from "./closed-error.ts";
import { type CallOptions, PendingCall } from "./pending-call.ts";

const maxStreamId = 0xffffffff;

/** The client end of one connection: the unread and unsent bytes, the next stream id and the calls in flight. */
export class ClientConnection {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #writer: FrameWriter;
  readonly #calls = new Map<number, PendingCall>();
  readonly #waiting = new Set<PendingCall>(); // calls that wait for room in the socket, in order
  readonly #ended = Promise.withResolvers<void>();
  #nextStreamId: number;
  #cause: Error | undefined;

  constructor(socket: Socket, firstStreamId: number) {
    this.#socket = socket;
    this.#writer = new FrameWriter(socket);
    this.#nextStreamId = firstStreamId;
    this.closed = this.#ended.promise;
    socket.on("error", (error) => this.close(error));
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("drain", () => this.#sendWaiting());
    socket.on("end", () => this.close());
    socket.on("close", () => this.#closed());
    if (socket.destroyed) process.nextTick(() => this.#closed());
    else socket.resume();
  }

  /** Sends a request; resolves to the payload of the response. */
  call(request: Pick<Request, "service" | "method" | "payload">, options?: CallOptions): Promise<Uint8Array> {
    if (this.#socket.destroyed) return Promise.reject(new ClosedError({ cause: this.#cause }));
    if (options?.signal?.aborted) return Promise.reject(StatusError.from(options.signal.reason, Code.Canceled));
    const call = new PendingCall(request, options, this.#forget);
    if (this.#waiting.size > 0 || this.#writer.congested) this.#waiting.add(call);
    else this.#send(call);
    return call.answer;
  }

  /** Closes at once. Pending calls fail with a ClosedError whose cause is `cause`. */
  close(cause?: Error): void {
    this.#cause ??= cause;
    this.#socket.destroy();
  }

  // Ids must reach the wire in increasing order, so assigning the id and queueing the frame is one synchronous step.
  #send(call: PendingCall): void {
    if (this.#nextStreamId > maxStreamId) {
      this.close(new StatusError(Code.ResourceExhausted, "ttrpc: the connection is out of stream ids"));
      call.reject(new ClosedError({ cause: this.#cause }));
      return;
    }
    let frame: Buffer;
    try {
      frame = encodeRequestFrame(this.#nextStreamId, call.toRequest());
    } catch (error) {
      call.reject(StatusError.from(error, Code.Internal)); // over the message limit: nothing was sent
      return;
    }
    call.streamId = this.#nextStreamId;
    this.#nextStreamId += 2;
    this.#calls.set(call.streamId, call);
    this.#writer.write(frame);
  }

  // The socket's queue must not grow while the server does not read. Calls that were not sent can still time out.
  #sendWaiting(): void {
    for (const call of this.#waiting) {
      if (this.#writer.congested) return;
      this.#waiting.delete(call);
      this.#send(call);
    }
  }

  // A response that still arrives for this call is dropped. The id is not reused.
  readonly #forget = (call: PendingCall): void => {
    this.#waiting.delete(call);
    this.#calls.delete(call.streamId);
  };

  #receive(chunk: Buffer): void {
    this.#reader.push(chunk);
    try {
      for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) this.#settle(frame);
    } catch (error) {
      this.close(StatusError.from(error)); // the bytes are not ttrpc
    }
  }

  // Streams are not implemented. Their frames would be passed to the stream with this id here.
  #settle(frame: Frame): void {
    const call = this.#calls.get(frame.streamId);
    if (call === undefined) return; // the call was abandoned, or never existed
    this.#calls.delete(frame.streamId);
    if (frame.data === undefined) call.reject(messageTooLarge(frame.length));
    else if (frame.type === MessageType.Response) settleResponse(call, frame.data);
    else call.reject(new StatusError(Code.Internal, `ttrpc: unexpected message of type ${frame.type}: protocol error`));
  }

  #closed(): void {
    const calls = [...this.#calls.values(), ...this.#waiting];
    this.#calls.clear();
    this.#waiting.clear();
    for (const call of calls) call.reject(new ClosedError({ cause: this.#cause }));
    this.#ended.resolve();
  }
}

function settleResponse(call: PendingCall, message: Buffer): void {
  let response: Response;
  try {
    response = decodeResponse(message);
  } catch (cause) {
    const text = `unmarshal response error: ${StatusError.from(cause).message}`;
    call.reject(new StatusError(Code.Internal, text, { cause }));
    return;
  }
  if (response.status !== undefined) call.reject(response.status);
  else call.resolve(response.payload);
}
