import { connect, type Socket } from "node:net";
import { Code } from "../code.ts";
import { StatusError } from "../status-error.ts";

/**
 * Converts an address to a path for `net.connect`. `unix://PATH` and PATH are paths. A leading `@` after `unix://`, or
 * a leading NUL, means an abstract socket. (Before 1.4 containerd took a bare name without `unix://` as abstract; this
 * function does not.)
 * @throws {StatusError} InvalidArgument – the address is empty or has another scheme.
 */
export function toSocketPath(address: string): string {
  const hasScheme = address.startsWith("unix://");
  const path = hasScheme ? address.slice("unix://".length) : address;
  if (path === "" || (!hasScheme && /^[a-z]+:\/\//.test(path))) {
    throw new StatusError(Code.InvalidArgument, `ttrpc: address ${JSON.stringify(address)}: not a unix socket`);
  }
  return hasScheme && path.startsWith("@") ? `\0${path.slice(1)}` : path;
}

/** Limits of a connection attempt. */
export interface DialOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Opens a connection; the caller owns the socket.
 * @throws {StatusError} Unavailable – refused, or the socket does not exist (`cause` has the errno); DeadlineExceeded;
 * Canceled.
 */
export async function dial(address: string, options: DialOptions = {}): Promise<Socket> {
  const limits = options.signal === undefined ? [] : [options.signal];
  if (options.timeoutMs !== undefined) limits.push(AbortSignal.timeout(options.timeoutMs));
  const signal = AbortSignal.any(limits);
  const path = toSocketPath(address);
  if (signal.aborted) throw StatusError.from(signal.reason, Code.Canceled);
  const socket = connect({ path });
  const opened = Promise.withResolvers<void>();
  const abort = () => opened.reject(StatusError.from(signal.reason, Code.Canceled));
  const fail = (cause: Error) => opened.reject(new StatusError(Code.Unavailable, `ttrpc: ${cause.message}`, { cause }));
  signal.addEventListener("abort", abort, { once: true });
  socket.once("connect", opened.resolve).on("error", fail);
  try {
    await opened.promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
  return socket.off("connect", opened.resolve);
}
