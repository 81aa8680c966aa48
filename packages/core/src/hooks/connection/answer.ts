import type { LogFields, Logger } from "../../log/logger.ts";
import { dunnage } from "../../proto/gen/hooks.js";
import { formatExactJson, parseExactJson } from "../../spec/exact-json.ts";
import type { Adjustment, AdjustmentOp } from "../adjustment/adjustment.ts";
import { type DenyCode, type DenyOptions, denyCodes } from "../plugin/plugin.ts";

const { HandleResponse } = dunnage.hooks.v1;

/** The answer of a hook outside the daemon. */
export interface Answer {
  readonly denial: { readonly reason: string; readonly options: DenyOptions } | undefined;
  readonly adjustments: readonly Adjustment[];
  readonly lines: readonly Line[];
  readonly warnings: readonly string[];
  /** By key. */
  readonly annotations: ReadonlyMap<string, string>;
}

/** One line for the log. */
export interface Line {
  readonly level: Exclude<keyof Logger, "with">;
  readonly message: string;
  readonly fields: LogFields;
}

const ops: readonly string[] = ["set", "remove", "tighten"] satisfies AdjustmentOp[];
const levels: readonly string[] = ["debug", "info", "warn", "error"] satisfies Line["level"][];

/** Decodes the answer to Handle. @throws {Error} it is not valid. */
export function decodeAnswer(bytes: Uint8Array): Answer {
  const { deny, adjustments, warnings, annotations, log } = HandleResponse.decode(bytes);
  return {
    denial: deny ? toDenial(deny) : undefined,
    adjustments: adjustments.map(toAdjustment),
    lines: log.map(toLine),
    warnings,
    annotations: new Map(Object.entries(annotations)),
  };
}

/** Encodes the answer of a hook that runs in a process of its own. */
export function encodeAnswer({ denial, adjustments, lines, warnings, annotations }: Answer): Uint8Array {
  const { reason, options = {} } = denial ?? {};
  const { code = "", rule = "" } = options;
  return HandleResponse.encode({
    deny: reason === undefined ? null : { reason, code: String(code), rule: String(rule) },
    adjustments: adjustments.map(({ op, path, value }) => ({
      op,
      path,
      value_json: value === undefined ? null : toJson(value),
    })),
    warnings: [...warnings],
    annotations: Object.fromEntries(annotations),
    log: lines.map(({ level, message, fields }) => ({ level, message, fields_json: toJson(fields) })),
  }).finish();
}

function toDenial({ reason, code, rule }: dunnage.hooks.v1.IDenial): NonNullable<Answer["denial"]> {
  if (code && !Object.hasOwn(denyCodes, code))
    throw new Error(`its denial has the unknown code ${JSON.stringify(code)}`);
  return { reason: reason ?? "", options: { ...(code ? { code: code as DenyCode } : {}), ...(rule ? { rule } : {}) } };
}

function toAdjustment({ op, path, value_json }: dunnage.hooks.v1.IAdjustment): Adjustment {
  if (!ops.includes(op ?? "")) throw new Error(`its adjustment has the unknown op ${JSON.stringify(op)}`);
  const value = value_json?.length ? { value: fromJson(value_json) } : {};
  return { op: op as AdjustmentOp, path: path ?? "", ...value };
}

function toLine({ level, message, fields_json }: dunnage.hooks.v1.ILogLine): Line {
  if (!levels.includes(level ?? "")) throw new Error(`its log line has the unknown level ${JSON.stringify(level)}`);
  const fields = fields_json?.length ? fromJson(fields_json) : {};
  return { level: level as Line["level"], message: message ?? "", fields: Object(fields) as LogFields };
}

const toJson = (value: unknown): Uint8Array => Buffer.from(formatExactJson(value) ?? "null");

const fromJson = (bytes: Uint8Array): unknown =>
  parseExactJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
