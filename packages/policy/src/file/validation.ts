import type { Expression, Values } from "../cel/expression.ts";
import type { Compile } from "./compile.ts";
import type { PolicyFile, PolicyStage } from "./policy-schema.ts";
import type { Failure } from "./verdict.ts";

/**
 * Maximum length of a message from an expression; a longer one is not used. As in Kubernetes (apiserver,
 * apis/cel/config.go).
 */
const maxMessageLength = 5 * 1024;

/** A compiled validation. */
export interface Validation extends Pick<Failure, "name" | "actions" | "code" | "message"> {
  readonly index: number;
  readonly stages: readonly PolicyStage[] | undefined;
  readonly expression: Expression;
  readonly messageExpression: Expression | undefined;
}

/** Compiles the validations of a file. @throws {Error} names the one that does not compile. */
export function toValidations(file: PolicyFile, compile: Compile): readonly Validation[] {
  return file.validations.map((validation, index) => {
    const { name, stages, expression, message, messageExpression, validationActions, code } = validation;
    const where = `validation ${name}`;
    return {
      name,
      index,
      stages,
      code,
      actions: validationActions ?? file.validationActions,
      expression: compile(where, expression, "bool"),
      message: message ?? `failed expression: ${expression.trim()}`,
      messageExpression:
        messageExpression === undefined
          ? undefined
          : compile(`${where}, messageExpression`, messageExpression, "string"),
    };
  });
}

/** Returns the failure, undefined if there is none. `toPublish` returns the values that a message may contain. */
export function failureOf(validation: Validation, values: Values, toPublish: () => Values): Failure | undefined {
  const { name, index, actions, code, expression } = validation;
  try {
    if (expression.evaluate(values) === true) return undefined;
    return { name, index, actions, code, message: messageOf(validation, toPublish) };
  } catch (cause) {
    const error = new Error(`validation ${name}: ${(cause as Error).message}`, { cause });
    return { name, index, actions, code, message: error.message, error };
  }
}

/**
 * Returns the message of a failed validation. If its message expression fails, or returns a message that is empty, too
 * long or of several lines, the fixed message is used: a bad message is no reason to let a request pass.
 */
function messageOf({ message, messageExpression }: Validation, toPublish: () => Values): string {
  if (messageExpression === undefined) return message;
  try {
    const text = (messageExpression.evaluate(toPublish()) as string).trim();
    return text === "" || text.includes("\n") || text.length > maxMessageLength ? message : text;
  } catch {
    return message;
  }
}
