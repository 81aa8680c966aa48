import { Compiler, type Expression, type Values } from "../cel/expression.ts";
import { denormalise, normalise } from "../cel/normalise.ts";
import type { PolicyFile, PolicyStage } from "./policy-schema.ts";
import { toVariables } from "./variables.ts";

/** The parts of a hook's event that a policy looks at. */
export interface PolicyInput {
  readonly stage: string;
  readonly container: unknown;
  readonly spec?: unknown;
  readonly process?: unknown;
  readonly rootfs?: unknown;
  readonly stdio?: unknown;
  readonly options?: unknown;
  readonly restoreFrom?: string;
  readonly resources?: unknown;
  readonly execId?: string;
  readonly signal?: number;
}

/** A validation that came to false. */
export interface Violation {
  readonly rule: string;
  readonly message: string;
  readonly code: PolicyFile["validations"][number]["code"];
}

/** What a policy asks to have changed. */
export interface Mutation {
  readonly op: "set" | "remove" | "tighten";
  readonly path: string;
  readonly value?: unknown;
}

interface Rule {
  readonly name: string;
  readonly stages: readonly PolicyStage[] | undefined;
  readonly expression: Expression;
  readonly message: string;
  readonly messageExpression: Expression | undefined;
  readonly code: Violation["code"];
}

/** A compiled policy. */
export class Policy {
  readonly #compiler = new Compiler();
  readonly #file: PolicyFile;
  readonly #params: unknown;
  readonly #conditions: readonly { readonly name: string; readonly expression: Expression }[];
  readonly #variables: readonly (readonly [string, Expression])[];
  readonly #rules: readonly Rule[];
  readonly #mutations: readonly (Mutation & { readonly when?: Expression; readonly from?: Expression })[];

  /** `params` go before those of the file. @throws {Error} names the part that does not compile. */
  constructor(file: PolicyFile, params: Readonly<Record<string, unknown>> = {}) {
    const compile = (where: string, text: string, type?: "bool" | "string"): Expression => {
      try {
        return this.#compiler.compile(text, type);
      } catch (error) {
        throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
      }
    };
    this.#file = file;
    this.#params = normalise({ ...file.params, ...params });
    this.#conditions = file.matchConditions.map(({ name, expression }) => ({
      name,
      expression: compile(`matchCondition ${name}`, expression, "bool"),
    }));
    this.#variables = file.variables.map(({ name, expression }) => [name, compile(`variable ${name}`, expression)]);
    this.#rules = file.validations.map((rule) => toRule(rule, compile));
    this.#mutations = file.mutations.map(({ op, path, when, value, valueExpression }) => ({
      op,
      path,
      ...(value === undefined ? {} : { value }),
      ...(when === undefined ? {} : { when: compile(`mutation ${path}, when`, when, "bool") }),
      ...(valueExpression === undefined ? {} : { from: compile(`mutation ${path}, valueExpression`, valueExpression) }),
    }));
  }

  /** What makes up its match, apart from the conditions. */
  get match(): PolicyFile["match"] {
    return this.#file.match;
  }

  get isMutating(): boolean {
    return this.#mutations.length > 0;
  }

  /**
   * Returns the validations that came to false; none if a condition is false. Loops end at `deadlineAt`, so that a specification
   * of many megabytes does not keep the daemon from its other work.
   * @throws {Error} something cannot be evaluated, and nothing that can be has come to false.
   */
  validate(input: PolicyInput, deadlineAt?: Date): readonly Violation[] {
    this.#compiler.deadlineAt = deadlineAt;
    const values = this.#valuesOf(input);
    if (!this.#applies(values)) return [];
    const violations: Violation[] = [];
    const errors: Error[] = [];
    for (const rule of this.#rules) {
      if (rule.stages?.includes(input.stage as PolicyStage) === false) continue;
      try {
        if (rule.expression.evaluate(values) === false) violations.push(toViolation(rule, values));
      } catch (error) {
        errors.push(new Error(`validation ${rule.name}: ${(error as Error).message}`, { cause: error }));
      }
    }
    if (violations.length === 0 && errors[0] !== undefined) throw errors[0];
    return violations;
  }

  /** Returns the changes that the policy asks for, as `validate`. @throws {Error} one of its expressions cannot be evaluated. */
  mutate(input: PolicyInput, deadlineAt?: Date): readonly Mutation[] {
    this.#compiler.deadlineAt = deadlineAt;
    const values = this.#valuesOf(input);
    if (!this.#applies(values)) return [];
    const due = this.#mutations.filter(({ when }) => when === undefined || when.evaluate(values) === true);
    return due.map(({ op, path, value, from }) => {
      const given = from === undefined ? value : denormalise(from.evaluate(values));
      return given === undefined ? { op, path } : { op, path, value: given };
    });
  }

  /** Any that is false keeps the policy out; only then does an error count. */
  #applies(values: Values): boolean {
    let failure: Error | undefined;
    for (const { name, expression } of this.#conditions) {
      try {
        if (expression.evaluate(values) === false) return false;
      } catch (error) {
        failure ??= new Error(`matchCondition ${name}: ${(error as Error).message}`, { cause: error });
      }
    }
    if (failure !== undefined) throw failure;
    return true;
  }

  /** `process` is that of an exec, or of the container where the whole specification is at hand. */
  #valuesOf(input: PolicyInput): Values {
    const { stage, container, spec, process, execId = "", signal } = input;
    const values = {
      stage,
      container: normalise(container),
      spec: normalise(spec ?? null),
      process: normalise(process ?? (spec as { process?: unknown } | undefined)?.process ?? null),
      rootfs: normalise(input.rootfs ?? null),
      stdio: normalise(input.stdio ?? null),
      options: normalise(input.options ?? null),
      restoreFrom: input.restoreFrom ?? null,
      resources: normalise(input.resources ?? null),
      exec: new Map([["id", execId]]),
      signal: normalise(signal ?? null),
      params: this.#params,
      policy: new Map([["name", this.#file.name]]),
      variables: {},
    };
    Object.assign(values, { variables: toVariables(this.#variables, values) });
    return values;
  }
}

function toRule(
  { name, stages, expression, message, messageExpression, code }: PolicyFile["validations"][number],
  compile: (where: string, text: string, type?: "bool" | "string") => Expression,
): Rule {
  return {
    name,
    stages,
    code,
    expression: compile(`validation ${name}`, expression, "bool"),
    message: message ?? `failed expression: ${expression}`,
    messageExpression:
      messageExpression === undefined
        ? undefined
        : compile(`validation ${name}, messageExpression`, messageExpression, "string"),
  };
}

/** A message that cannot be made is no reason to let something pass. */
function toViolation({ name, message, messageExpression, code }: Rule, values: Values): Violation {
  try {
    return { rule: name, message: (messageExpression?.evaluate(values) as string | undefined) ?? message, code };
  } catch {
    return { rule: name, message, code };
  }
}
