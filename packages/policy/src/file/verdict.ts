import type { PolicyFile, ValidationAction } from "./policy-schema.ts";

/** The result of a policy for an event. */
export interface PolicyVerdict {
  /** In the order of the file. */
  readonly failures: readonly Failure[];
  /** For the audit log, without the policy's name. */
  readonly annotations: readonly Annotation[];
  /** The error of the first annotation that cannot be evaluated. */
  readonly error: Error | undefined;
}

/** A validation that is false or cannot be evaluated, or a condition that cannot be evaluated. */
export interface Failure {
  /** Name of the validation or condition. */
  readonly name: string;
  /** Index among the file's validations, from 0; absent: a condition. */
  readonly index?: number;
  readonly message: string;
  readonly actions: readonly ValidationAction[];
  readonly code: PolicyFile["validations"][number]["code"];
  /** Set if the expression cannot be evaluated. */
  readonly error?: Error;
}

export interface Annotation {
  readonly key: string;
  readonly value: string;
}

/** The verdict of a policy that does not apply to the event. */
export const silence: PolicyVerdict = { failures: [], annotations: [], error: undefined };
