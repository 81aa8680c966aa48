import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditEntry } from "../../packages/core/src/hooks/audit/audit-entry.ts";
import type { Containerd } from "./containerd.ts";
import { until } from "./until.ts";

/** The head of a configuration whose audit log is in containerd's directory; daemons end soon. */
export const audited = (dir: string): string => `linger = "1s"\n[audit]\npath = "${dir}/audit.jsonl"\n`;

/** The lines of that log. */
export function readAudit({ dir }: Containerd): readonly AuditEntry[] {
  const lines = readFileSync(join(dir, "audit.jsonl"), "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as AuditEntry);
}

/** Waits for a line: one that is no refusal is written after the client has its answer. */
export function nextAuditLine(containerd: Containerd, isWanted: (entry: AuditEntry) => boolean): Promise<AuditEntry> {
  return until("the line is in the audit log", () => readAudit(containerd).find(isWanted));
}
