import { setTimeout as sleep } from "node:timers/promises";
import { Code, StatusError } from "@dunnage/ttrpc";
import type { Logger } from "../../log/logger.ts";
import { HookUnavailable } from "../plugin/bound-hook.ts";
import { textOf } from "../text.ts";
import type { HookTransport, OpenTransport } from "./hook-transport.ts";
import { type Configured, decodeConfigured } from "./subscription.ts";

/** Failures in a row after which no call asks the server for a while. */
const maxFailures = 5;
const pauseMs = 10_000;
const firstDelayMs = 100;

/**
 * Thrown if the server has refused its configuration, or if its answer is not valid. A later attempt would not succeed.
 */
export class ConfigurationRefused extends HookUnavailable {}

/** A connection on which the server has been configured. */
export interface HookSession extends Configured {
  readonly transport: HookTransport;
}

/** Options of a link. */
export interface HookLinkOptions {
  readonly open: OpenTransport;
  /** The encoded ConfigureRequest. */
  readonly configuration: Uint8Array;
  /** Timeout of Configure, including the start of a server. */
  readonly configureTimeoutMs: number;
  readonly log: Logger;
  /** Called when a server names other hooks than on the previous connection, or names its hooks for the first time. */
  readonly onChange: () => void;
}

/**
 * The connection to a hook server. It connects and configures the server when it is needed, and waits longer before
 * each attempt that follows a failure. After five failures in a row every call fails immediately for ten seconds. It
 * never stops trying.
 */
export class HookLink implements Disposable {
  readonly #options: HookLinkOptions;
  #session: HookSession | undefined;
  readonly #ended = new WeakSet<HookSession>();
  #connecting: Promise<HookSession> | undefined;
  #subscribed: string | undefined;
  #failures = 0;
  #lastFailure = "";
  #pausedUntil = 0;
  #isUnavailable = false;
  #isClosed = false;

  constructor(options: HookLinkOptions) {
    this.#options = options;
  }

  /** Returns the existing connection, or a new one. @throws {HookUnavailable} no connection is available. */
  session(): HookSession | Promise<HookSession> {
    return this.#session ?? this.#connectOnce();
  }

  /** Whether the latest attempt to connect has failed, or has not ended yet. A connection that ends is no such attempt. */
  get isUnavailable(): boolean {
    return this.#isUnavailable;
  }

  /** A call was answered in time. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** A call was answered too late. */
  answeredLate(session: HookSession): void {
    this.#fail("an answer came too late", session);
  }

  /**
   * A call was not answered, not even long after its deadline. A server that we started is ended; any other is left
   * alone.
   */
  unanswered(session: HookSession): void {
    const { transport } = session;
    if (transport.isOurs) this.#end(session, "no answer in time");
    else this.#fail("no answer in time", session);
  }

  /** The connection ended during a call. */
  lost(session: HookSession, error: HookUnavailable): void {
    this.#end(session, error.message);
  }

  /** Ends a connection once, however many calls report its end. */
  #end(session: HookSession, reason: string): void {
    if (this.#ended.has(session)) return;
    this.#ended.add(session);
    if (this.#session === session) this.#session = undefined;
    session.transport.close();
    if (!this.#isClosed) this.#fail(reason, session);
  }

  /** Ends the connection for good. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#session?.transport.close();
    this.#session = undefined;
  }

  async #connectOnce(): Promise<HookSession> {
    const rest = this.#pausedUntil - performance.now();
    if (this.#isClosed) throw new HookUnavailable("its plugin is not configured any more");
    if (rest > 0 && this.#connecting === undefined) {
      const seconds = Math.ceil(rest / 1000);
      throw new HookUnavailable(
        `not asked for ${seconds} s more after ${this.#failures} failures, the last: ${this.#lastFailure}`,
      );
    }
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return await this.#connecting;
  }

  async #connect(): Promise<HookSession> {
    this.#isUnavailable = true;
    const delayMs = this.#failures < 2 ? 0 : firstDelayMs * 2 ** Math.min(this.#failures - 2, 4);
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
    try {
      const session = await this.#configure(await this.#options.open());
      this.#accept(session);
      return session;
    } catch (error) {
      this.#fail(textOf(error));
      throw error instanceof HookUnavailable ? error : new HookUnavailable(textOf(error), { cause: error });
    }
  }

  async #configure(transport: HookTransport): Promise<HookSession> {
    const { configuration, configureTimeoutMs } = this.#options;
    try {
      const answer = await transport.call("Configure", configuration, configureTimeoutMs);
      return { ...decodeOrRefuse(answer), transport };
    } catch (error) {
      transport.close();
      if (!StatusError.is(error)) throw error;
      const isSilent = error.code === Code.DeadlineExceeded || error.code === Code.Unavailable;
      throw isSilent ? error : new ConfigurationRefused(error.message, { cause: error });
    }
  }

  #accept(session: HookSession): void {
    if (this.#isClosed) {
      session.transport.close();
      throw new HookUnavailable("its plugin is not configured any more");
    }
    this.#session = session;
    this.#isUnavailable = false;
    void session.transport.closed.then(() => {
      if (this.#session === session) this.#session = undefined;
    });
    const subscribed = JSON.stringify(session.hooks);
    if (this.#subscribed !== subscribed) this.#options.onChange();
    this.#subscribed = subscribed;
  }

  #fail(reason: string, session?: HookSession): void {
    this.#failures += 1;
    this.#lastFailure = reason;
    const isPaused = this.#failures >= maxFailures;
    this.#options.log.warn("hook server failed", { error: reason, failures: this.#failures, paused: isPaused });
    if (!isPaused) return;
    this.#pausedUntil = performance.now() + pauseMs;
    if (this.#session === session) this.#session = undefined;
    session?.transport.close();
  }
}

function decodeOrRefuse(answer: Uint8Array): Configured {
  try {
    return decodeConfigured(answer);
  } catch (error) {
    throw new ConfigurationRefused(textOf(error), { cause: error });
  }
}
