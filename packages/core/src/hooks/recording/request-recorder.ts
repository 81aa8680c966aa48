import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resourceExhausted } from "../../errors/errors.ts";
import type { Logger } from "../../log/logger.ts";
import { onDeviceOf } from "../../native/device-of.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { formatExactJson } from "../../spec/exact-json.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { HookEvent } from "../event/event.ts";
import { isMutable, stages } from "../event/stages.ts";
import { toRecordedRequest } from "./recorded-request.ts";

/** Where requests are recorded. */
export interface RecordOptions {
  readonly directory: string;
  /** Most files that are kept; the oldest are removed first. */
  readonly keep: number;
}

/** Receives judged events, as the first hook saw them, with their outcome. */
export interface RequestSink {
  record(event: HookEvent, entry: AuditEntry): void;
  /** Resolves when every request recorded so far has been written or is lost. */
  flush?(): Promise<void>;
}

/** Longest request that is recorded, in characters. */
const maxLength = 1024 * 1024;
/** Most requests that may wait for the disk. */
const maxWaiting = 16;
/** The directory is tidied after every `keep / slack` new files. */
const slack = 16;

/** A temporary file that stays was of a process that died. */
const recordedName = /^[0-9A-Z]{26}\.json(\.tmp)?$/;

/**
 * Writes each request that hooks could have refused or changed into its own file. The file is named after the event id
 * and has mode 0600. Several daemons may share the directory. No call waits for a recording, and no call fails because
 * its request is not recorded.
 */
export class RequestRecorder implements RequestSink {
  readonly #options: RecordOptions;
  readonly #log: Logger;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #untilTidy = 0;

  constructor(options: RecordOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
  }

  record(event: HookEvent, entry: AuditEntry): void {
    if (!stages[event.stage].mayDeny && !isMutable(event.stage)) return;
    const logLoss = (error: unknown): void =>
      this.#log.warn("request is not recorded", { event_id: event.eventId, error });
    try {
      const text = this.#format(event, entry);
      this.#waiting++;
      const written = this.#last.then(() =>
        onDeviceOf(this.#options.directory, () => this.#write(event.eventId, text)),
      );
      this.#last = written.catch(logLoss).finally(() => this.#waiting--);
    } catch (error) {
      logLoss(error);
    }
  }

  flush(): Promise<void> {
    return this.#last;
  }

  #format(event: HookEvent, entry: AuditEntry): string {
    if (this.#waiting >= maxWaiting) throw resourceExhausted(`the disk does not keep up: ${maxWaiting} requests wait`);
    const text = formatExactJson(toRecordedRequest(event, entry));
    if (text.length > maxLength) throw new Error(`it has ${text.length} characters, more than ${maxLength}`);
    return text;
  }

  async #write(eventId: string, text: string): Promise<void> {
    const { directory, keep } = this.#options;
    const path = join(directory, `${eventId}.json`);
    await makeDirectory(directory);
    await writeFile(`${path}.tmp`, `${text}\n`, { mode: 0o600 });
    await rename(`${path}.tmp`, path);
    if (this.#untilTidy-- > 0) return;
    this.#untilTidy = Math.floor(keep / slack);
    await tidy(directory, keep - this.#untilTidy);
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!hasErrorCode(error, "EEXIST")) throw error;
  }
}

/** Removes the oldest files. Their names are event ids, which sort by time. */
async function tidy(directory: string, keep: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => recordedName.test(name));
  for (const name of names.sort().slice(0, Math.max(0, names.length - keep)))
    await rm(join(directory, name), { force: true });
}
