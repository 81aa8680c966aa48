import type { AdjustmentOp } from "../adjustment/adjustment.ts";
import type { ContainerKind } from "../event/event.ts";
import type { Stage } from "../event/stages.ts";
import type { Mode } from "../plugin/bound-hook.ts";

/**
 * How a stage ended. mutate: it continued, with changes. deny: a hook denied it. error: it was refused because a hook
 * failed. would-deny, would-mutate: a plugin in audit mode would have denied or changed it. fail-open: a hook failed,
 * and it continued all the same. exempt: no hook was called, because the container is exempt.
 */
export type AuditDecision =
  | "allow"
  | "mutate"
  | "deny"
  | "error"
  | "would-deny"
  | "would-mutate"
  | "fail-open"
  | "exempt";

/**
 * One line of the audit log. It holds no values of the environment, and only those arguments of a program that the
 * configuration allows. Hooks are responsible for what they write into it: reason, warnings, annotations.
 */
export interface AuditEntry {
  readonly v: 1;
  /** The id that the client's error carries. */
  readonly id: string;
  /** RFC 3339. */
  readonly ts: string;
  /** Pid of the daemon. */
  readonly shim: number;
  readonly stage: Stage;
  readonly decision: AuditDecision;
  readonly namespace?: string;
  readonly container?: string;
  readonly kind?: ContainerKind;
  readonly runtime?: string;
  /** `namespace/name` of the pod. */
  readonly pod?: string;
  readonly image?: string;
  readonly execId?: string;
  /** The plugin that decided, and its rule. */
  readonly policy?: string;
  readonly rule?: string;
  readonly reason?: string;
  /** gRPC status code that the client got. */
  readonly code?: number;
  readonly plugins: readonly { readonly name: string; readonly verdict: string; readonly ms: number }[];
  readonly changes?: readonly {
    readonly op: AdjustmentOp;
    readonly path: string;
    readonly by: string;
    readonly mode?: Mode;
  }[];
  /**
   * Warnings with a `mode` come from a plugin in audit mode. They are recorded only here, not in the container's log.
   */
  readonly warnings?: readonly { readonly by: string; readonly message: string; readonly mode?: Mode }[];
  /** Annotations of the hooks for this line, by `PLUGIN/KEY`. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  readonly ms: number;
  readonly replay?: true;
}

/** Receives decisions. The chain that it is given to disposes it. */
export interface AuditSink extends Partial<Disposable> {
  /** Settles when the client may get the decision. Never rejects. */
  record(entry: AuditEntry): void | Promise<void>;
  /** Resolves when every line recorded so far has been written or is lost. */
  flush?(): Promise<void>;
}
