import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { Reaper } from "../../src/reaper/reaper.ts";
import { RecordingLog } from "./recording-log.ts";

/** A reaper for this process with a real C library. Once disposed, it no longer listens. */
export class OpenReaper implements Disposable {
  readonly libc = openKoffiLibc();
  readonly log = new RecordingLog();
  readonly reaper: Reaper;

  constructor(graceMs?: number) {
    const options = { libc: this.libc, log: this.log };
    this.reaper = Reaper.open(graceMs === undefined ? options : { ...options, graceMs });
  }

  [Symbol.dispose](): void {
    this.reaper[Symbol.dispose]();
  }
}
