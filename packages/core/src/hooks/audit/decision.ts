import type { StatusError } from "@dunnage/ttrpc";
import type { Adjustment, Change } from "../adjustment/adjustment.ts";
import type { HookContainer, HookEvent } from "../event/event.ts";
import type { BoundHook, Outcome } from "../plugin/bound-hook.ts";
import type { HookNotes } from "../plugin/hook-notes.ts";
import { isRefused } from "../plugin/verdict.ts";
import { textOf } from "../text.ts";
import type { AuditDecision, AuditEntry } from "./audit-entry.ts";

/** Decisions by weight, lightest first. If several hooks decide, the heaviest decision counts. */
const weight: readonly AuditDecision[] = [
  "allow",
  "mutate",
  "would-mutate",
  "fail-open",
  "would-deny",
  "error",
  "deny",
];

/** Collects the outcome of one stage, for the audit log. */
export class Decision {
  /** The applied changes, with their plugins. */
  changes: readonly Change[] = [];
  readonly #event: HookEvent;
  readonly #begun = performance.now();
  readonly #plugins: { name: string; verdict: string; ms: number }[] = [];
  readonly #wouldChange: Change[] = [];
  readonly #warnings: { by: string; message: string; mode?: "audit" }[] = [];
  readonly #annotations: Record<string, string> = {};
  #verdict: AuditDecision = "allow";
  #by: { policy?: string; rule?: string; reason?: string } = {};
  #error: StatusError | undefined;

  constructor(event: HookEvent) {
    this.#event = event;
  }

  /** Records the outcome of a hook. Its warnings and annotations up to then count, however it ended. */
  called(hook: BoundHook, outcome: Outcome, { notes, ms }: { readonly notes: HookNotes; readonly ms: number }): void {
    this.#plugins.push({ name: hook.plugin, verdict: outcome.kind, ms: round(ms) });
    this.#note(hook, notes);
    if (outcome.kind === "done" || outcome.kind === "abandoned") return;
    const refused = isRefused(hook, this.#event.stage, outcome);
    const verdict = outcome.kind === "denied" ? (refused ? "deny" : "would-deny") : refused ? "error" : "fail-open";
    if (!this.#outweighs(verdict)) return;
    this.#verdict = verdict;
    this.#by = { policy: hook.plugin, ...reasonOf(outcome) };
  }

  #note({ plugin, mode }: BoundHook, { warnings, annotations }: HookNotes): void {
    const audited = mode === "audit" ? { mode } : {};
    this.#warnings.push(...warnings.map((message) => ({ by: plugin, message, ...audited })));
    for (const [key, value] of annotations) this.#annotations[`${plugin}/${key}`] = value;
  }

  /** Records what a plugin in audit mode requested. */
  wouldChange({ plugin }: BoundHook, adjustments: readonly Adjustment[]): void {
    this.#wouldChange.push(...adjustments.map((adjustment) => ({ ...adjustment, plugin })));
    if (this.#outweighs("would-mutate")) this.#verdict = "would-mutate";
  }

  /** Records the error that the client gets, and returns it. */
  refused(error: StatusError): StatusError {
    this.#error = error;
    return error;
  }

  /** Returns the entry of a stage that was refused without calling any hook. */
  refusedAll(error: StatusError): AuditEntry {
    this.#verdict = "error";
    this.#by = { reason: error.message };
    this.#error = error;
    return this.end();
  }

  /** Returns the entry of a stage in which no hook was called. */
  exempted(reason: string): AuditEntry {
    this.#verdict = "exempt";
    this.#by = { reason };
    return this.end();
  }

  end(): AuditEntry {
    if (this.changes.length > 0 && this.#outweighs("mutate")) this.#verdict = "mutate";
    const { eventId, time, stage, replay } = this.#event;
    const changes = [
      ...this.changes.map(({ op, path, plugin }) => ({ op, path, by: plugin })),
      ...this.#wouldChange.map(({ op, path, plugin }) => ({ op, path, by: plugin, mode: "audit" as const })),
    ];
    return {
      v: 1,
      id: eventId,
      ts: time,
      shim: process.pid,
      stage,
      decision: this.#verdict,
      ...containerFields(this.#event),
      ...this.#by,
      ...(this.#error === undefined ? {} : { code: this.#error.code }),
      plugins: this.#plugins,
      ...(changes.length === 0 ? {} : { changes }),
      ...(this.#warnings.length === 0 ? {} : { warnings: this.#warnings }),
      ...(Object.keys(this.#annotations).length === 0 ? {} : { annotations: this.#annotations }),
      ...argvOf(this.#event),
      ms: round(performance.now() - this.#begun),
      ...(replay ? { replay } : {}),
    };
  }

  #outweighs(verdict: AuditDecision): boolean {
    return weight.indexOf(verdict) > weight.indexOf(this.#verdict);
  }
}

function reasonOf(outcome: Exclude<Outcome, { kind: "done" | "abandoned" }>): { rule?: string; reason: string } {
  if (outcome.kind === "timedOut") return { reason: "timed out" };
  if (outcome.kind === "failed") return { reason: textOf(outcome.error) };
  const { rule } = outcome.options;
  return { reason: outcome.reason, ...(rule === undefined ? {} : { rule }) };
}

function containerFields(event: HookEvent): object {
  const { container, execId } = event as { container?: HookContainer; execId?: string };
  if (container === undefined) return {};
  const { id, namespace, kind, runtime, pod, image } = container;
  return {
    namespace,
    container: id,
    kind,
    runtime,
    ...(pod === undefined ? {} : { pod: `${pod.namespace}/${pod.name}` }),
    ...(image === undefined ? {} : { image }),
    ...(execId ? { execId } : {}),
  };
}

/** Returns the arguments of the process that is to run, if there is one. */
function argvOf(event: HookEvent): { argv?: readonly string[] } {
  const { process, spec } = event as { process?: { args?: unknown }; spec?: { process?: { args?: unknown } } };
  const args = process?.args ?? spec?.process?.args;
  return Array.isArray(args) ? { argv: args.map(String) } : {};
}

const round = (ms: number): number => Math.round(ms * 1_000) / 1_000;
