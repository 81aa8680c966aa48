import type {
  AdjustByStage,
  Hook,
  HookContext,
  HookEvent,
  HookMatch,
  Hooks,
  MutableStage,
  Plugin,
  Stage,
} from "@dunnage/core";
import { Policy, type PolicyInput } from "./policy.ts";
import { readPolicy } from "./policy-file.ts";
import { failureKey, type ValidationAction } from "./policy-schema.ts";
import type { Failure, PolicyVerdict } from "./verdict.ts";

const mutable: ReadonlySet<string> = new Set(["preCreate", "preExec", "preUpdate"]);

/** Creates a plugin from a policy file. Its table `config` may contain `params`, which override those of the file. */
export function policyPlugin(path: string, config: unknown = {}): Plugin {
  const policy = new Policy(readPolicy(path), paramsIn(config));
  const { stages, ...match } = policy.match;
  const hooks = Object.fromEntries((stages ?? []).map((stage) => [stage, hooksOf(policy, stage, match as HookMatch)]));
  return { name: "policy", apiVersion: 1, hooks: hooks as Hooks };
}

function paramsIn(config: unknown): Readonly<Record<string, unknown>> {
  const { params = {}, ...others } = config as { readonly params?: unknown };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new Error(`config: unknown key \`${unknown}\`; a policy takes \`params\``);
  if (typeof params !== "object" || params === null || Array.isArray(params))
    throw new Error("config: params must be a table");
  return params as Readonly<Record<string, unknown>>;
}

function hooksOf(policy: Policy, stage: Stage, match: HookMatch): readonly Hook<"preExec">[] {
  const validate = {
    phase: "validate",
    match,
    handler: (event: HookEvent, context: HookContext) =>
      carryOut(policy.judge(event as unknown as PolicyInput, context.deadlineAt), context),
  } as const;
  if (!policy.isMutating || !mutable.has(stage)) return [validate];
  const handler = (event: HookEvent, { adjust, deadlineAt }: Context): void => {
    for (const mutation of policy.mutate(event as unknown as PolicyInput, deadlineAt)) adjust.apply(mutation);
  };
  return [{ phase: "mutate", match, handler }, validate];
}

type Context = Pick<HookContext, "deadlineAt"> & { readonly adjust: AdjustByStage[MutableStage] };

/**
 * Carries out the actions of each failure. An expression that cannot be evaluated fails the hook, so that `on_error`
 * decides, if its action is `deny` and nothing else is denied. An annotation that cannot be evaluated does the same,
 * whatever the actions are. As in Kubernetes (apiserver, admission/plugin/policy/validating/dispatcher.go).
 */
function carryOut({ failures, annotations, error }: PolicyVerdict, { deny, warn, annotate }: HookContext): void {
  const failuresWith = (action: ValidationAction): readonly Failure[] =>
    failures.filter(({ actions }) => actions.includes(action));
  for (const { key, value } of annotations) annotate(key, value);
  for (const { name, message, error } of failuresWith("warn")) warn(error?.message ?? `validation ${name}: ${message}`);
  const audited = failuresWith("audit");
  if (audited.length > 0) annotate(failureKey, toJson(audited));
  const denying = failuresWith("deny");
  const [first, ...others] = denying.filter((failure) => failure.error === undefined);
  if (first !== undefined) {
    const more = others.length === 0 ? "" : ` (+${others.length} more)`;
    deny(first.message + more, { rule: first.name, ...(first.code === undefined ? {} : { code: first.code }) });
  }
  const failed = denying[0]?.error ?? error;
  if (failed !== undefined) throw failed;
}

/**
 * Maximum length of the list of failures, in UTF-16 units. It is below the limit of an annotation, so that the list is
 * never truncated.
 */
const maxListLength = 8 * 1024;
const maxMessageLength = 500;

/**
 * Returns the value of Kubernetes' `validation.policy.admission.k8s.io/validation_failure`, with names added. Of a list
 * that is too long it keeps the beginning.
 */
function toJson(failures: readonly Failure[]): string {
  const values = failures.map(({ name, index, message, actions }) => ({
    name,
    message: message.slice(0, maxMessageLength),
    ...(index === undefined ? {} : { expressionIndex: index }),
    validationActions: actions,
  }));
  let text = JSON.stringify(values);
  while (text.length > maxListLength) {
    values.pop();
    text = JSON.stringify(values);
  }
  return text;
}
