/** An event in the form that containerd's event service accepts. */
export interface TaskEvent {
  /**
   * The container that the event concerns. Events of one container keep their order; those of different ones have none.
   */
  readonly containerId: string;
  /** `/tasks/exit` … */
  readonly topic: string;
  /** Bare full name of the message: `containerd.events.TaskExit`, never with a `type.googleapis.com/` prefix. */
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/**
 * Delivers events to containerd. `publish` never blocks and never throws. An accepted event is delivered across
 * reconnects, for each container in the order of the calls. Create, start, exit and delete are never dropped. Others
 * are dropped, with an error in the log, if too many of one container wait.
 */
export interface Publisher {
  publish(event: TaskEvent): void;
  /** Resolves when everything accepted so far was delivered or dropped, or `signal` aborts. */
  flush(signal: AbortSignal): Promise<void>;
  close(): void;
}
