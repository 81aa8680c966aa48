import type { AuditDecision, AuditEntry } from "../audit/audit-entry.ts";
import { hideEnvironment } from "../event/environment.ts";
import type { HookEvent } from "../event/event.ts";

/** The expected outcome of a request. Absent fields are not compared. */
export interface ExpectedVerdict {
  readonly decision: AuditDecision;
  /** The plugin that decided, and its rule. */
  readonly policy?: string | undefined;
  readonly rule?: string | undefined;
  /** Regular expression that the client's message has to match, or the reason if the outcome is only recorded. */
  readonly message?: string | undefined;
  /** Regular expressions that the warnings (each `PLUGIN: MESSAGE`) have to match: one for each warning, in order. */
  readonly warnings?: readonly string[] | undefined;
  /** Regular expressions that the values of these annotations have to match, by `PLUGIN/KEY`. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** All changes, in order. */
  readonly changes?: readonly ExpectedChange[] | undefined;
}

export interface ExpectedChange {
  readonly op: AuditEntryChange["op"];
  readonly path: string;
  readonly by?: string | undefined;
  /** Absent: any value. */
  readonly value?: unknown;
}

type AuditEntryChange = NonNullable<AuditEntry["changes"]>[number];

/**
 * One file of a recording. A file that is written by hand looks the same. It holds an event as the first hook sees it,
 * and the verdict on it.
 */
export interface RecordedRequest {
  readonly v: 1;
  readonly event: HookEvent;
  readonly expect: ExpectedVerdict;
}

/** Returns what is recorded of an event. Values of environment variables become `***`. */
export function toRecordedRequest(event: HookEvent, entry: AuditEntry): RecordedRequest {
  const { decision, policy, rule, changes } = entry;
  const expect = {
    decision,
    ...(policy === undefined ? {} : { policy }),
    ...(rule === undefined ? {} : { rule }),
    changes: (changes ?? []).map(({ op, path, by }) => ({ op, path, by })),
  };
  return { v: 1, event: hideEnvironment(event), expect };
}
