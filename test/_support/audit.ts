import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditEntry } from "../../packages/core/src/hooks/audit/audit-entry.ts";
import type { Containerd } from "./containerd.ts";
import { until } from "./until.ts";

/** Returns the start of a configuration with the audit log in containerd's directory and a short linger. */
export const audited = (dir: string): string => `linger = "1s"\n[audit]\npath = "${dir}/audit.jsonl"\n`;

/** Returns the entries of that audit log. */
export function readAudit({ dir }: Containerd): readonly AuditEntry[] {
  const lines = readFileSync(join(dir, "audit.jsonl"), "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as AuditEntry);
}

/**
 * Waits for a matching line. Only refusals are written before the client is answered; other lines follow the answer.
 */
export function nextAuditLine(containerd: Containerd, isWanted: (entry: AuditEntry) => boolean): Promise<AuditEntry> {
  return until(() => readAudit(containerd).find(isWanted), "the line is in the audit log");
}
