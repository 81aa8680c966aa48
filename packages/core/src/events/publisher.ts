/** An event as containerd's event service takes it. */
export interface TaskEvent {
  /** The container that it is about. Events of one container keep their order; those of different ones have none. */
  readonly containerId: string;
  /** `/tasks/exit` … */
  readonly topic: string;
  /** Bare full name of the message: `containerd.events.TaskExit`, never with a `type.googleapis.com/` prefix. */
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/**
 * Way out to containerd. `publish` never blocks and never throws: what was accepted is delivered over reconnects, for each container in
 * the order of the calls. Create, start, exit and delete are never dropped; others are, with an error in the log, when too many
 * of one container wait.
 */
export interface Publisher {
  publish(event: TaskEvent): void;
  /** Resolves when everything accepted so far was delivered or dropped, or `signal` aborts. */
  flush(signal: AbortSignal): Promise<void>;
  close(): void;
}
