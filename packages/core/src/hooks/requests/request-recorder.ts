import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "../../log/logger.ts";
import { formatExactJson } from "../../spec/exact-json.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { HookEvent } from "../event.ts";
import { isMutable, stages } from "../stages.ts";
import { toRecordedRequest } from "./recorded-request.ts";

/** Where requests are recorded. */
export interface RecordOptions {
  readonly directory: string;
  /** Most files that stay; the oldest go first. */
  readonly keep: number;
}

/** Takes events that were judged, as the first hook saw them, and what became of them. */
export interface RequestSink {
  record(event: HookEvent, entry: AuditEntry): void;
}

/** Larger ones are not recorded. */
const maxLength = 1024 * 1024;
/** Files between two looks at the directory, by the number that stays. */
const slack = 16;

const recordedName = /^[0-9A-Z]{26}\.json$/;

/**
 * Writes each request that hooks could have refused or changed into a file of its own, named after its event id, mode 0600, in a
 * directory that several daemons may share. Never throws: a call does not fail because it is not recorded.
 */
export class RequestRecorder implements RequestSink {
  readonly #options: RecordOptions;
  readonly #log: Logger;
  #untilTidy = 0;

  constructor(options: RecordOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
  }

  record(event: HookEvent, entry: AuditEntry): void {
    if (!stages[event.stage].mayDeny && !isMutable(event.stage)) return;
    try {
      this.#write(event.eventId, formatExactJson(toRecordedRequest(event, entry)));
    } catch (error) {
      this.#log.warn("request is not recorded", { event_id: event.eventId, error });
    }
  }

  #write(eventId: string, text: string): void {
    if (text.length > maxLength) throw new Error(`it has ${text.length} characters, more than ${maxLength}`);
    const { directory, keep } = this.#options;
    if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 });
    const path = join(directory, `${eventId}.json`);
    writeFileSync(`${path}.tmp`, `${text}\n`, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
    if (this.#untilTidy-- > 0) return;
    this.#untilTidy = Math.floor(keep / slack);
    tidy(directory, keep - this.#untilTidy);
  }
}

/** Ids sort by time. */
function tidy(directory: string, keep: number): void {
  const names = readdirSync(directory).filter((name) => recordedName.test(name));
  for (const name of names.sort().slice(0, Math.max(0, names.length - keep)))
    rmSync(join(directory, name), { force: true });
}
