import type { AdjustmentOp } from "../adjust/adjustment.ts";
import type { Mode } from "../bound-hook.ts";
import type { ContainerKind } from "../event.ts";
import type { Stage } from "../stages.ts";

/**
 * How a stage ended. mutate: it went on, changed. deny: a hook refused it. error: it was refused because a hook failed.
 * would-deny, would-mutate: a plugin in audit mode would have. fail-open: a hook failed, and it went on all the same.
 * exempt: no hook was asked, for the container is exempt.
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
 * One line of the audit log. Holds no value of the environment, and of a program's arguments only what the configuration lets
 * through; what hooks write into it (reason, warnings, annotations) they answer for.
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
  /** Those with a mode are of a plugin in audit mode, and stand here alone, not in the container's log. */
  readonly warnings?: readonly { readonly by: string; readonly message: string; readonly mode?: Mode }[];
  /** What hooks have said for this line, by `PLUGIN/KEY`. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  readonly ms: number;
  readonly replay?: true;
}

/** Where decisions go. The chain that it was given to disposes of it. */
export interface AuditSink extends Partial<Disposable> {
  /** Settles when the client may hear of the decision. Never rejects. */
  record(entry: AuditEntry): void | Promise<void>;
}
