import { renameSync } from "node:fs";
import { join } from "node:path";
import type { Adjustment } from "../../hooks/adjust/adjustment.ts";
import type { Stage } from "../../hooks/stages.ts";
import type { RuntimeOptions } from "../../runtime/options.ts";
import { readRegularFile } from "../../spec/read-regular-file.ts";
import { writePrivateFile } from "../../spec/write-file.ts";

/** The daemon that owns a container. */
export interface DaemonIdentity {
  readonly pid: number;
  /** Its directory below the runtime directory, named PID.STARTTIME; the socket is in it. */
  readonly directory: string;
}

/** Stages of a container's end, in their order: whoever finds a dead daemon's container runs those that are not done. */
export const owedStages = ["exit", "postStop", "preDelete", "postDelete"] as const satisfies readonly Stage[];

export type OwedStage = (typeof owedStages)[number];

/** What the bundle keeps of a container, so that `delete` can finish the work of a daemon that died. */
export interface Journal {
  readonly version: 1;
  readonly id: string;
  readonly namespace: string;
  readonly runtime: string;
  readonly options: RuntimeOptions;
  readonly daemon: DaemonIdentity;
  /** Set once init's exit was reaped, before any client hears of it. */
  readonly exit?: { readonly pid: number; readonly exitStatus: number; readonly exitedAt: string };
  /** Hooks of these stages that have begun, by stage; the id makes a repetition recognisable. */
  readonly hooks?: Readonly<Partial<Record<OwedStage, { readonly eventId: string; readonly done: boolean }>>>;
  /** What hooks tightened at create, for execs and updates. */
  readonly hardening?: readonly Adjustment[];
}

const journalPath = (bundle: string): string => join(bundle, "dunnage.json");

/** Writes the journal atomically (temporary file, then rename): a reader sees the old or the new one, never a half. */
export function writeJournal(bundle: string, journal: Journal): void {
  const path = journalPath(bundle);
  writePrivateFile(`${path}.tmp`, JSON.stringify(journal), "journal");
  renameSync(`${path}.tmp`, path);
}

/** Reads the journal; undefined if there is none, or one of another version or no JSON at all. */
export function readJournal(bundle: string): Journal | undefined {
  let journal: Journal;
  try {
    journal = JSON.parse(readRegularFile(journalPath(bundle)));
  } catch {
    return undefined;
  }
  return journal?.version === 1 ? journal : undefined;
}
