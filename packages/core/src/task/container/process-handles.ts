import type { ProcessIo } from "../../io/process-io.ts";
import { Mutex } from "./mutex.ts";
import { ParkedReports } from "./parked-reports.ts";
import type { Outcome } from "./process-record.ts";
import { Waiters } from "./waiters.ts";

/** What a process has in this daemon apart from its record: its streams, its lock, and the calls that wait for it. */
export class ProcessHandles {
  readonly lock = new Mutex();
  readonly reports = new ParkedReports();
  readonly waiters = new Waiters<Outcome>();
  #io: ProcessIo | undefined;

  get io(): ProcessIo | undefined {
    return this.#io;
  }

  attach(io: ProcessIo): void {
    this.#io = io;
  }

  detach(): void {
    this.#io = undefined;
  }
}
