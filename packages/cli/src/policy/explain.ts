import { Code, failedPrecondition, notFound } from "@dunnage/core";
import type { AuditEntry, Config } from "@dunnage/core/internal";
import { auditFiles, type FoundEntry, findEntries } from "./audit-lines.ts";
import { findRule, type RulePlace } from "./find-rule.ts";

/** A line of the audit log, and the place in the configuration that decided. */
export interface Explained extends FoundEntry {
  /** Null: no plugin decided, or the configuration no longer has the plugin. */
  readonly place: RulePlace | null;
}

/**
 * Returns what is known about a decision, as values and in words.
 * @param log path of the audit log; undefined: that of the configuration.
 * @throws {StatusError} NotFound – no line has this id; FailedPrecondition – there is no audit log.
 */
export function explain(id: string, config: Config, log?: string): { value: readonly Explained[]; text: string } {
  const path = log ?? config.audit?.path;
  if (path === undefined) throw failedPrecondition("the configuration has no [audit]; --log names an audit log");
  const found = findEntries(path, id);
  if (found.length === 0) {
    const files = auditFiles(path);
    throw notFound(
      `no line has the id ${id} in ${files.length === 0 ? `${path}, which does not exist` : files.join(", ")}`,
    );
  }
  const value = found.map(({ file, entry }) => ({ file, entry, place: placeOf(entry, config) }));
  return { value, text: value.map(inWords).join("\n\n") };
}

function placeOf({ policy, rule }: AuditEntry, config: Config): RulePlace | null {
  return (policy === undefined ? undefined : findRule(config, policy, rule)) ?? null;
}

function inWords({ file, entry, place }: Explained): string {
  const lines = [
    `${entry.id}: ${entry.stage} of ${subject(entry)}`,
    `when:    ${entry.ts}, by the daemon ${entry.shim}${entry.replay ? ", repeated after a crash" : ""}`,
    ...(entry.argv === undefined ? [] : [`command: ${entry.argv.join(" ")}`]),
    `outcome: ${outcome(entry)}`,
    ...(entry.reason === undefined ? [] : [`reason:  ${entry.reason}`]),
    ...(entry.changes ?? []).map(({ op, path, by, mode }) =>
      mode === "audit" ? `change:  ${by} would ${op} ${path}` : `change:  ${by}: ${op} ${path}`,
    ),
    ...(entry.warnings ?? []).map((warning) => `warning: ${formatWarning(warning)}`),
    ...Object.entries(entry.annotations ?? {}).map(([key, value]) => `note:    ${key} = ${value}`),
    ...(entry.plugins.length === 0 ? [] : [`asked:   ${asked(entry)}`]),
    ...configuration(entry, place),
    `line in: ${file}`,
  ];
  return lines.join("\n");
}

function subject({ container, namespace, kind, pod, image, execId, runtime }: AuditEntry): string {
  if (container === undefined) return "the daemon";
  const details = [
    `namespace ${namespace}`,
    kind,
    runtime,
    ...(pod === undefined ? [] : [`pod ${pod}`]),
    ...(image === undefined ? [] : [`image ${image}`]),
  ];
  const exec = execId === undefined ? "" : `exec ${execId} in `;
  return `${exec}container ${container} (${details.join(", ")})`;
}

function outcome({ decision, policy, rule, code }: AuditEntry): string {
  const by = policy === undefined ? "" : ` by ${policy}${rule === undefined ? "" : `, rule ${rule}`}`;
  const client = code === undefined ? "" : `; the client got ${nameOf(code)}`;
  return `${outcomes[decision]}${by}${client}`;
}

const nameOf = (code: number): string =>
  Object.entries(Code).find(([, value]) => value === code)?.[0] ?? `code ${code}`;

const outcomes: Readonly<Record<AuditEntry["decision"], string>> = {
  allow: "allowed",
  mutate: "allowed, with changes",
  deny: "refused",
  error: "refused, because a hook failed:",
  "would-deny": "allowed; would have been refused, were it not for mode audit,",
  "would-mutate": "allowed as it was; would have been changed, were it not for mode audit",
  "fail-open": 'allowed although a hook failed (on_error = "open"):',
  exempt: "judged by no hook: the container is exempt",
};

/** `PLUGIN: MESSAGE` */
const formatWarning = ({ by, message, mode }: NonNullable<AuditEntry["warnings"]>[number]): string =>
  `${by}${mode === "audit" ? " would warn" : ""}: ${message}`;

const verdicts: Readonly<Record<string, string>> = { done: "ok", timedOut: "timed out", abandoned: "abandoned" };

const asked = ({ plugins }: AuditEntry): string =>
  plugins.map(({ name, verdict, ms }) => `${name} (${verdicts[verdict] ?? verdict}, ${ms} ms)`).join(", then ");

function configuration({ policy }: AuditEntry, place: RulePlace | null): string[] {
  if (policy === undefined) return [];
  if (place === null) return [`see:     the configuration has no plugin ${policy} now`];
  return [
    `see:     ${place.plugin}: plugin ${policy}, use = "${place.use}"`,
    ...(place.rule === undefined ? [] : [`         ${place.rule}: its rule`]),
  ];
}
