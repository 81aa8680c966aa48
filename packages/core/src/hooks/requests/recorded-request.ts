import { isTable, setEntry, type Table } from "../adjust/table.ts";
import type { AuditDecision, AuditEntry } from "../audit/audit-entry.ts";
import type { HookEvent } from "../event.ts";

/** What became of a request; what is absent is not looked at when it is compared. */
export interface ExpectedVerdict {
  readonly decision: AuditDecision;
  /** The plugin that decided, and its rule. */
  readonly policy?: string | undefined;
  readonly rule?: string | undefined;
  /** Regular expression that the client's message, or the reason of what is only written down, has to match. */
  readonly message?: string | undefined;
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
  return { v: 1, event: withoutValues(event) as HookEvent, expect };
}

/** A copy in which every list `env`, of the process as of OCI hooks, holds names alone. */
function withoutValues(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((entry) => (key === "env" ? nameOnly(entry) : withoutValues(entry)));
  if (!isTable(value)) return value;
  const copy: Table = {};
  for (const [name, entry] of Object.entries(value)) setEntry(copy, name, withoutValues(entry, name));
  return copy;
}

function nameOnly(entry: unknown): string {
  const [name] = String(entry).split("=", 1);
  return `${name}=***`;
}
