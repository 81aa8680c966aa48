import { isDeepStrictEqual } from "node:util";
import { failedPrecondition, StatusError } from "@dunnage/core";
import { isTable, lineOf } from "@dunnage/core/internal";
import { parseToml, type TomlTable, tableAt } from "../containerd/toml-file.ts";
import { addBlock, hasBlock, removeBlocks } from "./block.ts";

/** A runtime to be registered with containerd's CRI plugin. */
export interface Registration {
  readonly handler: string;
  readonly runtimeType: string;
  /** Whether the runtime should use systemd for cgroups. */
  readonly systemdCgroup: boolean;
}

/** A file of containerd's configuration, with the version and the table path to use in it. */
export interface Target {
  readonly path: string;
  /** Undefined: the file does not exist. */
  readonly text: string | undefined;
  /** Version of the configuration. */
  readonly version: number;
  /** Path of the table that has a runtime for each handler. */
  readonly runtimesPath: readonly string[];
}

/** containerd's own default runtime, which containerd 1 drops as soon as a file registers a runtime. */
export const defaultRuntime = { handler: "runc", table: { runtime_type: "io.containerd.runc.v2" } } as const;

/**
 * Adds runtimes to the end of a file; everything else in the file stays unchanged.
 * @param keepsDefault whether containerd's default runtime has to be written as well.
 * @throws {StatusError} FailedPrecondition – the result would be no TOML, or would change anything else.
 */
export function register(target: Target, runtimes: readonly Registration[], keepsDefault: boolean): string {
  const entries = runtimes.map((runtime) => [runtime.handler, toTable(runtime)] as const);
  if (keepsDefault) entries.unshift([defaultRuntime.handler, defaultRuntime.table]);
  const version = target.text === undefined ? [`version = ${target.version}`] : [];
  const lines = entries.flatMap(([handler, table]) => format([...target.runtimesPath, handler], table));
  const text = addBlock(target.text, [...version, ...lines]);
  const before = target.text === undefined ? { version: target.version } : parseToml(target.text, target.path);
  const expected = withTables(before, target.runtimesPath, Object.fromEntries(entries));
  if (!isSame(parseEdited(text, target), expected)) {
    throw failedPrecondition(`${target.path}: cannot be edited safely: tables at its end would change its meaning`);
  }
  return text;
}

/**
 * Removes from a file what `register` added, and nothing else.
 * @param keepsDefault whether the default runtime that was written along with ours is still needed.
 * @returns undefined: the file has to be removed.
 * @throws {StatusError} FailedPrecondition – other settings would change.
 */
export function unregister(target: Target & { readonly text: string }, keepsDefault: boolean): string | undefined {
  const { path, runtimesPath, text } = target;
  if (!hasBlock(text)) return text;
  const before = parseToml(text, path);
  const handlers = ourHandlers(before, runtimesPath);
  const { handler, table } = defaultRuntime;
  if (!keepsDefault && isSame(tableAt(before, [...runtimesPath, handler]) ?? {}, table)) handlers.push(handler);
  const removed = new Set<string>();
  const edited = removeBlocks(text, path, (key) => {
    const isOurs =
      runtimesPath.every((step, i) => key[i] === step) && handlers.includes(String(key[runtimesPath.length]));
    if (isOurs) removed.add(String(key[runtimesPath.length]));
    return isOurs;
  });
  if (edited === undefined) return undefined;
  if (!isSame(parseEdited(edited, target), withoutTables(before, runtimesPath, removed))) {
    throw failedPrecondition(
      `${path}: what \`dunnage install\` added cannot be removed without a change of other settings: something was written between its lines or right behind them; remove it by hand`,
    );
  }
  return edited;
}

/** Returns the handlers of our runtimes in a file, whatever wrote them. */
export function ourHandlers(value: TomlTable, runtimesPath: readonly string[]): string[] {
  const runtimes = Object.entries(tableAt(value, runtimesPath) ?? {});
  const isOurs = (table: unknown): boolean =>
    isTable(table) && String(table["runtime_type"]).startsWith("io.containerd.dunnage-");
  return runtimes
    .filter(([handler, table]) => handler.startsWith("dunnage-") || isOurs(table))
    .map(([handler]) => handler);
}

/** Returns the TOML table of a registration. */
function toTable({ runtimeType, systemdCgroup }: Registration): TomlTable {
  return { runtime_type: runtimeType, ...(systemdCgroup && { options: { SystemdCgroup: true } }) };
}

function format(path: readonly string[], table: TomlTable): string[] {
  const header = `[${path.map((key) => (/^[\w-]+$/.test(key) ? key : JSON.stringify(key))).join(".")}]`;
  const values = Object.entries(table).filter(([, value]) => !isTable(value));
  const tables = Object.entries(table).filter((entry): entry is [string, TomlTable] => isTable(entry[1]));
  return [
    header,
    ...values.map(([key, value]) => `  ${key} = ${JSON.stringify(value)}`),
    ...tables.flatMap(([key, value]) => format([...path, key], value)),
  ];
}

/**
 * Parses an edited text. The parser's errors point to our lines, but the cause is a line of the user's: the error names
 * that one.
 */
function parseEdited(text: string, target: Target): TomlTable {
  try {
    return parseToml(text, target.path);
  } catch (error) {
    if (!StatusError.is(error)) throw error;
    const line = lineOf(target.text ?? "", target.runtimesPath);
    const where = line === undefined ? target.path : `${target.path}:${line}`;
    const table = target.runtimesPath.map((key) => (key.includes(".") ? JSON.stringify(key) : key)).join(".");
    throw failedPrecondition(
      `${where}: no table can be added below [${table}]: it, or one that holds it, is written as an inline table or is none; write it with a header of its own`,
    );
  }
}

function withTables(value: TomlTable, path: readonly string[], tables: TomlTable): TomlTable {
  const [key, ...rest] = path;
  if (key === undefined) return { ...value, ...tables };
  const below = value[key];
  return { ...value, [key]: withTables(isTable(below) ? below : {}, rest, tables) };
}

function withoutTables(value: TomlTable, path: readonly string[], names: ReadonlySet<string>): TomlTable {
  const [key, ...rest] = path;
  if (key === undefined) return Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)));
  const below = value[key];
  return isTable(below) ? { ...value, [key]: withoutTables(below, rest, names) } : value;
}

/** Whether two tables mean the same to containerd. It ignores empty tables. */
function isSame(a: TomlTable, b: TomlTable): boolean {
  return isDeepStrictEqual(withoutEmpty(a), withoutEmpty(b));
}

function withoutEmpty(value: TomlTable): TomlTable {
  const entries = Object.entries(value).map(
    ([key, below]) => [key, isTable(below) ? withoutEmpty(below) : below] as const,
  );
  return Object.fromEntries(entries.filter(([, below]) => !isTable(below) || Object.keys(below).length > 0));
}
