import type { Socket } from "node:net";
import type { HookTransport } from "@dunnage/core/internal";
import { Code, StatusError } from "@dunnage/ttrpc";
import { Client, connectivityState, type ServiceError, status } from "@grpc/grpc-js";
import { PeerCredentials } from "./peer-credentials.ts";

const service = "dunnage.hooks.v1.Hooks";
const dialTimeoutMs = 1_000;
/** The same limit as over ttrpc. */
const maxMessageBytes = 4 << 20;

/**
 * Connects to a hook server on a Unix socket. A lost connection is not re-established: a new one has to be opened and
 * configured again.
 * @param checkPeer throws if the process at the other end must not be called.
 * @throws {StatusError} Unavailable – no process listens on the socket; or the error of `checkPeer`.
 */
export async function openGrpcSocket(path: string, checkPeer: (socket: Socket) => void): Promise<HookTransport> {
  const credentials = new PeerCredentials(checkPeer);
  const client = new Client(`unix:${path}`, credentials, {
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
    "grpc.enable_retries": 0,
    "grpc.use_local_subchannel_pool": 1,
  });
  const closed = Promise.withResolvers<void>();
  const close = (): void => {
    client.close();
    closed.resolve();
  };
  try {
    await Promise.race([ready(client), credentials.refused]);
  } catch (error) {
    close();
    throw error;
  }
  client.getChannel().watchConnectivityState(connectivityState.READY, Number.POSITIVE_INFINITY, close);
  return {
    isOurs: false,
    closed: closed.promise,
    close,
    call: (method, payload, timeoutMs) => call(client, { method, payload, timeoutMs }),
  };
}

function ready(client: Client): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.waitForReady(Date.now() + dialTimeoutMs, (error) => {
    if (error === undefined) resolve();
    else reject(new StatusError(Code.Unavailable, `no server answers: ${error.message}`));
  });
  return promise;
}

interface Request {
  readonly method: string;
  readonly payload: Uint8Array;
  readonly timeoutMs: number;
}

function call(client: Client, { method, payload, timeoutMs }: Request): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const bytes = (message: Uint8Array): Buffer => Buffer.from(message.buffer, message.byteOffset, message.length);
  const options = { deadline: Date.now() + timeoutMs };
  client.makeUnaryRequest(`/${service}/${method}`, bytes, bytes, payload, options, (error, answer) => {
    if (error !== null) reject(toError(error));
    else resolve(answer ?? new Uint8Array());
  });
  return promise;
}

/** Converts an error of grpc-js. A connection that has ended is Unavailable, whichever side ended it. */
function toError({ code, details }: ServiceError): StatusError {
  return new StatusError(code === status.CANCELLED ? Code.Unavailable : (code as Code), details);
}
