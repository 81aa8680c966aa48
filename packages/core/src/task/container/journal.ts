import { renameSync } from "node:fs";
import { join } from "node:path";
import type { Adjustment } from "../../hooks/adjustment/adjustment.ts";
import type { Stage } from "../../hooks/event/stages.ts";
import type { RuntimeOptions } from "../../runtime/options.ts";
import { readRegularFile } from "../../spec/read-regular-file.ts";
import { writePrivateFile } from "../../spec/write-file.ts";
import type { ExitRecord } from "./process-record.ts";

/** The daemon that owns a container. */
export interface DaemonIdentity {
  readonly pid: number;
  /** Its directory below the runtime directory, named PID.STARTTIME; the socket is in it. */
  readonly directory: string;
}

/** Stages of a container's end, in their order. If the daemon died, `delete` runs those that are not done. */
export const owedStages = ["exit", "postStop", "preDelete", "postDelete"] as const satisfies readonly Stage[];

export type OwedStage = (typeof owedStages)[number];

/** A stage whose hooks have started. The event id lets hooks recognise a repetition. */
export interface HookRecord {
  readonly eventId: string;
  readonly done: boolean;
}

export type HooksRecord = Readonly<Partial<Record<OwedStage, HookRecord>>>;

/** The state of a container that its bundle keeps, so that `delete` can finish the work of a daemon that died. */
export interface Journal {
  readonly version: 1;
  readonly id: string;
  readonly namespace: string;
  readonly runtime: string;
  readonly options: RuntimeOptions;
  readonly daemon: DaemonIdentity;
  /** Set once init was reaped, before any client is notified of its exit. */
  readonly exit?: ExitRecord | undefined;
  readonly hooks?: HooksRecord | undefined;
  /** What hooks tightened at create. It applies to execs and updates as well. */
  readonly hardening?: readonly Adjustment[] | undefined;
}

const journalPath = (bundle: string): string => join(bundle, "dunnage.json");

/**
 * Writes the journal atomically (temporary file, then rename): a reader sees the old journal or the new one, never a
 * part.
 */
export function writeJournal(bundle: string, journal: Journal): void {
  const path = journalPath(bundle);
  writePrivateFile(`${path}.tmp`, JSON.stringify(journal), "journal");
  renameSync(`${path}.tmp`, path);
}

/** Returns the journal; undefined if it is missing, has another version or is not JSON. */
export function readJournal(bundle: string): Journal | undefined {
  let journal: Journal;
  try {
    journal = JSON.parse(readRegularFile(journalPath(bundle)));
  } catch {
    return undefined;
  }
  return journal?.version === 1 ? journal : undefined;
}
