import { hideEnvironment } from "@dunnage/core";
import { Compiler, type Expression, type Values } from "../cel/expression.ts";
import { denormalise, normalise } from "../cel/normalise.ts";
import { type Compile, compileWith } from "./compile.ts";
import type { PolicyFile, PolicyStage } from "./policy-schema.ts";
import { failureOf, toValidations, type Validation } from "./validation.ts";
import { toVariables } from "./variables.ts";
import { type Annotation, type Failure, type PolicyVerdict, silence } from "./verdict.ts";

/** The parts of a hook's event that a policy can use. */
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

/** A change that a policy requests. */
export interface Mutation {
  readonly op: "set" | "remove" | "tighten";
  readonly path: string;
  readonly value?: unknown;
}

type Named = readonly (readonly [name: string, expression: Expression])[];

/** A compiled policy. */
export class Policy {
  readonly #compiler = new Compiler();
  readonly #file: PolicyFile;
  readonly #params: unknown;
  readonly #conditions: Named;
  readonly #variables: Named;
  readonly #validations: readonly Validation[];
  readonly #annotations: Named;
  readonly #mutations: readonly (Mutation & { readonly when?: Expression; readonly from?: Expression })[];

  /** `params` override those of the file. @throws {Error} names the part that does not compile. */
  constructor(file: PolicyFile, params: Readonly<Record<string, unknown>> = {}) {
    const compile = compileWith(this.#compiler);
    this.#file = file;
    this.#params = normalise({ ...file.params, ...params });
    this.#conditions = file.matchConditions.map(({ name, expression }) => [
      name,
      compile(`matchCondition ${name}`, expression, "bool"),
    ]);
    // A variable may use those above it. Conditions cannot use any, because they are evaluated first.
    this.#variables = file.variables.map(({ name, expression }) => {
      const compiled = compile(`variable ${name}`, expression);
      this.#compiler.declare(name);
      return [name, compiled];
    });
    this.#validations = toValidations(file, compile);
    this.#annotations = file.auditAnnotations.map(({ key, valueExpression }) => [
      key,
      compile(`auditAnnotation ${key}`, valueExpression, "string", "null"),
    ]);
    this.#mutations = toMutations(file, compile);
  }

  /** The `match` table of the policy, without the conditions. */
  get match(): PolicyFile["match"] {
    return this.#file.match;
  }

  get isMutating(): boolean {
    return this.#mutations.length > 0;
  }

  /**
   * Evaluates every validation and every annotation, or none if a condition is false. Loops end at `deadlineAt`, so
   * that a specification of many megabytes does not keep the daemon from its other work.
   */
  judge(input: PolicyInput, deadlineAt?: Date): PolicyVerdict {
    this.#compiler.deadlineAt = deadlineAt;
    const values = this.#valuesOf(input);
    const match = this.#match(values);
    if (match === false) return silence;
    if (match !== true) return { ...silence, failures: [match] };
    let hidden: Values | undefined;
    const toPublish = (): Values => (hidden ??= this.#valuesOf(hideEnvironment(input)));
    const validations = this.#validations.filter(({ stages }) => stages?.includes(input.stage as PolicyStage) ?? true);
    const failures = validations
      .map((validation) => failureOf(validation, values, toPublish))
      .filter((each) => each !== undefined);
    return { failures, ...this.#annotate(toPublish) };
  }

  /**
   * Returns the changes that the policy requests; conditions and `deadlineAt` are as for `judge`.
   * @throws {Error} one of its expressions cannot be evaluated.
   */
  mutate(input: PolicyInput, deadlineAt?: Date): readonly Mutation[] {
    this.#compiler.deadlineAt = deadlineAt;
    const values = this.#valuesOf(input);
    const match = this.#match(values);
    if (match === false) return [];
    if (match !== true) throw match.error;
    const mutations = this.#mutations.filter(({ when }) => when === undefined || when.evaluate(values) === true);
    return mutations.map(({ op, path, value, from }) => {
      const result = from === undefined ? value : denormalise(from.evaluate(values));
      return result === undefined ? { op, path } : { op, path, value: result };
    });
  }

  /** Evaluates the conditions. If any is false, the policy does not apply. An error counts only if none is false. */
  #match(values: Values): boolean | (Failure & { readonly error: Error }) {
    let failure: (Failure & { readonly error: Error }) | undefined;
    for (const [name, expression] of this.#conditions) {
      try {
        if (expression.evaluate(values) === false) return false;
      } catch (cause) {
        const error = new Error(`matchCondition ${name}: ${(cause as Error).message}`, { cause });
        failure ??= { name, message: error.message, actions: this.#file.validationActions, code: undefined, error };
      }
    }
    return failure ?? true;
  }

  /** Evaluates the annotations. Null and blank text are no annotation. */
  #annotate(toPublish: () => Values): Pick<PolicyVerdict, "annotations" | "error"> {
    const annotations: Annotation[] = [];
    let error: Error | undefined;
    for (const [key, expression] of this.#annotations) {
      try {
        const value = ((expression.evaluate(toPublish()) ?? "") as string).trim();
        if (value !== "") annotations.push({ key, value });
      } catch (cause) {
        error ??= new Error(`auditAnnotation ${key}: ${(cause as Error).message}`, { cause });
      }
    }
    return { annotations, error };
  }

  /**
   * Returns the values for the expressions. `process` is that of an exec, or of the container if the event has the
   * whole specification.
   */
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

function toMutations(
  file: PolicyFile,
  compile: Compile,
): readonly (Mutation & { readonly when?: Expression; readonly from?: Expression })[] {
  return file.mutations.map(({ op, path, when, value, valueExpression }) => ({
    op,
    path,
    ...(value === undefined ? {} : { value }),
    ...(when === undefined ? {} : { when: compile(`mutation ${path}, when`, when, "bool") }),
    ...(valueExpression === undefined ? {} : { from: compile(`mutation ${path}, valueExpression`, valueExpression) }),
  }));
}
