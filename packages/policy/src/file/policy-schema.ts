import * as v from "valibot";

const stages = ["preCreate", "preStart", "preExec", "preExecStart", "prePause", "preUpdate", "preCheckpoint"] as const;

/** Stages that a policy can judge. */
export type PolicyStage = (typeof stages)[number];

const text = v.pipe(v.string("must be a text"), v.nonEmpty("must not be empty"));
const stage = v.picklist(stages, `must be one of ${stages.join(", ")}`);
/** The possible actions for a failed validation. */
const actions = ["deny", "warn", "audit"] as const;
export type ValidationAction = (typeof actions)[number];
/** As in Kubernetes: no combination may say the same thing twice. */
const validationActions = v.pipe(
  v.array(v.picklist(actions, `must be some of ${actions.join(", ")}`), "must be a list"),
  v.nonEmpty("must not be empty"),
  v.check((list) => new Set(list).size === list.length, "must not have one twice"),
  v.check((actions) => !(actions.includes("deny") && actions.includes("warn")), "cannot be deny and warn together"),
);
const codes = ["permission-denied", "failed-precondition", "invalid-argument", "resource-exhausted"] as const;
const name = v.pipe(text, v.regex(/^[A-Za-z0-9][\w.-]*$/, "must be a name: letters, digits, . _ -"));
/** Name of a variable. It must not be a property that every JavaScript object has. */
const variable = v.pipe(
  text,
  v.regex(/^[A-Za-z_]\w*$/, "must be an identifier"),
  v.check((name) => !(name in {}), "is taken by JavaScript itself"),
);
const list = <T extends v.GenericSchema>(item: T) => v.optional(v.array(item, "must be an array of tables"), []);

/** Key of the annotation that the policy itself writes: the failed validations whose actions include `audit`. */
export const failureKey = "validation_failure";
const annotationKey = v.pipe(
  name,
  v.maxLength(63, "must have 63 characters at most"),
  v.notValue(failureKey, "is where failed validations are written"),
);
const auditAnnotations = v.pipe(
  list(v.strictObject({ key: annotationKey, valueExpression: text })),
  v.maxLength(20, "must be 20 at most"),
  v.check((list) => new Set(list.map(({ key }) => key)).size === list.length, "must not have a key twice"),
);

/**
 * A policy file, modelled on ValidatingAdmissionPolicy.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export const policySchema = v.strictObject({
  apiVersion: v.literal("dunnage/v1", 'must be "dunnage/v1"'),
  name,
  match: v.optional(
    v.strictObject({
      stages: v.optional(v.array(stage, "must be a list"), ["preCreate", "preExec"]),
      namespaces: v.optional(v.array(text, "must be a list")),
      kinds: v.optional(v.array(v.picklist(["sandbox", "container", "standalone"]), "must be a list")),
      runtimes: v.optional(v.array(text, "must be a list")),
    }),
    {},
  ),
  validationActions: v.optional(validationActions, ["deny"]),
  params: v.optional(v.record(v.string(), v.unknown(), "must be a table"), {}),
  matchConditions: list(v.strictObject({ name, expression: text })),
  variables: list(v.strictObject({ name: variable, expression: text })),
  validations: list(
    v.strictObject({
      name,
      stages: v.optional(v.array(stage, "must be a list")),
      expression: text,
      message: v.optional(text),
      messageExpression: v.optional(text),
      validationActions: v.optional(validationActions),
      code: v.optional(v.picklist(codes, `must be one of ${codes.join(", ")}`)),
    }),
  ),
  auditAnnotations,
  mutations: list(
    v.strictObject({
      op: v.picklist(["set", "remove", "tighten"], "must be set, remove or tighten"),
      path: v.pipe(text, v.startsWith("/", "must be a JSON Pointer")),
      when: v.optional(text),
      value: v.optional(v.unknown()),
      valueExpression: v.optional(text),
    }),
  ),
});

/** The content of a policy file. */
export type PolicyFile = v.InferOutput<typeof policySchema>;
