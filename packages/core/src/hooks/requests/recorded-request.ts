import type { AuditDecision, AuditEntry } from "../audit/audit-entry.ts";
import { hideEnvironment } from "../environment.ts";
import type { HookEvent } from "../event.ts";

/** What became of a request; what is absent is not looked at when it is compared. */
export interface ExpectedVerdict {
  readonly decision: AuditDecision;
  /** The plugin that decided, and its rule. */
  readonly policy?: string | undefined;
  readonly rule?: string | undefined;
  /** Regular expression that the client's message, or the reason of what is only written down, has to match. */
  readonly message?: string | undefined;
  /** Regular expressions that the warnings, `PLUGIN: MESSAGE` each, have to match: one for each, in their order. */
  readonly warnings?: readonly string[] | undefined;
  /** Regular expressions that the values of these annotations have to match, by `PLUGIN/KEY`. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** All changes, in their order. */
  readonly changes?: readonly ExpectedChange[] | undefined;
}

export interface ExpectedChange {
  readonly op: AuditEntryChange["op"];
  readonly path: string;
  readonly by?: string | undefined;
  /** Absent: any. */
  readonly value?: unknown;
}

type AuditEntryChange = NonNullable<AuditEntry["changes"]>[number];

/** One file of a recording, and what one by hand looks like: an event as hooks see it first, and the verdict on it. */
export interface RecordedRequest {
  readonly v: 1;
  readonly event: HookEvent;
  readonly expect: ExpectedVerdict;
}

/** Puts together what is recorded. Values of environment variables become `***`. */
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
