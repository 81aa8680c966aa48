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

const mutable: ReadonlySet<string> = new Set(["preCreate", "preExec", "preUpdate"]);

/** Makes a plugin of a policy file. Its table `config` may hold `params`, which go before those of the file. */
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
    handler: (event: HookEvent, { deny, deadlineAt }: HookContext) => {
      const [first, ...others] = policy.validate(event as unknown as PolicyInput, deadlineAt);
      if (first === undefined) return;
      const more = others.length === 0 ? "" : ` (+${others.length} more)`;
      deny(first.message + more, { rule: first.rule, ...(first.code === undefined ? {} : { code: first.code }) });
    },
  } as const;
  if (!policy.isMutating || !mutable.has(stage)) return [validate];
  const handler = (event: HookEvent, { adjust, deadlineAt }: Context): void => {
    for (const mutation of policy.mutate(event as unknown as PolicyInput, deadlineAt)) adjust.apply(mutation);
  };
  return [{ phase: "mutate", match, handler }, validate];
}

type Context = Pick<HookContext, "deadlineAt"> & { readonly adjust: AdjustByStage[MutableStage] };
