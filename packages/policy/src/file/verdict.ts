import type { PolicyFile, ValidationAction } from "./policy-schema.ts";

/** What a policy has to say about an event. */
export interface PolicyVerdict {
  /** In the order of the file. */
  readonly failures: readonly Failure[];
  /** For the audit log, without the policy's name. */
  readonly annotations: readonly Annotation[];
  /** Of the first annotation that cannot be made. */
  readonly error: Error | undefined;
}

/** A validation that came to false or cannot be evaluated, or a condition that cannot be. */
export interface Failure {
  /** Of the validation or condition. */
  readonly name: string;
  /** Place among the file's validations, from 0; absent: a condition. */
  readonly index?: number;
  readonly message: string;
  readonly actions: readonly ValidationAction[];
  readonly code: PolicyFile["validations"][number]["code"];
  /** It cannot be evaluated. */
  readonly error?: Error;
}

export interface Annotation {
  readonly key: string;
  readonly value: string;
}

/** Nothing to say: the policy is not for the event. */
export const silence: PolicyVerdict = { failures: [], annotations: [], error: undefined };
