/** An event as containerd's event service takes it. */
export interface TaskEvent {
  /** `/tasks/exit` … */
  readonly topic: string;
  /** Bare full name of the message: `containerd.events.TaskExit`, never with a `type.googleapis.com/` prefix. */
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/**
 * Ordered way out to containerd. `publish` never blocks and never throws: what was accepted is delivered in the order of the calls,
 * over reconnects, as long as the bound of the outbox is not hit (then the oldest goes, with an error in the log).
 */
export interface Publisher {
  publish(event: TaskEvent): void;
  /** Resolves when everything accepted so far was delivered or dropped, or `signal` aborts. */
  flush(signal: AbortSignal): Promise<void>;
  close(): void;
}
