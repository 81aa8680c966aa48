/** A connection to a hook server. Its methods are those of `dunnage.hooks.v1.Hooks`. */
export interface HookTransport {
  /** Resolves when the connection can no longer be used, for whatever reason. */
  readonly closed: Promise<void>;
  /**
   * @throws {HookUnavailable} or {StatusError} Unavailable: the connection has ended, or ends during the call.
   * @throws {StatusError} DeadlineExceeded – no answer in time; ResourceExhausted – the request or the answer is larger
   * than 4 MiB; or the error that the server answers.
   */
  call(
    method: "Configure" | "Handle" | "Notify" | "Cancel",
    payload: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array>;
  /** Whether the server was started by the connection and ends with it. */
  readonly isOurs: boolean;
  /** Ends the connection, and the server if it is ours. Calls in progress fail. */
  close(): void;
}

/** Opens a connection, or starts a server and connects to it. @throws {Error} why it cannot. */
export type OpenTransport = () => Promise<HookTransport>;

/** Full name of the service. */
export const hooksService = "dunnage.hooks.v1.Hooks";
