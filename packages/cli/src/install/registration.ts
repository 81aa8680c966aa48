import { isDeepStrictEqual } from "node:util";
import { failedPrecondition, StatusError } from "@dunnage/core";
import { isTable, lineOf } from "@dunnage/core/internal";
import { parseToml, type TomlTable, tableAt } from "../containerd/toml-file.ts";
import { addBlock, hasBlock, removeBlocks } from "./block.ts";

/** A runtime as containerd's CRI plugin is to know it. */
export interface Registration {
  readonly handler: string;
  readonly runtimeType: string;
  /** Whether the runtime is to use systemd for cgroups. */
  readonly systemdCgroup: boolean;
}

/** A file of containerd's configuration, and how it names things. */
export interface Target {
  readonly path: string;
  /** undefined: there is no such file. */
  readonly text: string | undefined;
  /** Of the configuration. */
  readonly version: number;
  /** Path of the table that has a runtime for each handler. */
  readonly runtimesPath: readonly string[];
}

/** containerd's own default, which containerd 1 forgets as soon as a file has a runtime. */
export const defaultRuntime = { handler: "runc", table: { runtime_type: "io.containerd.runc.v2" } } as const;

/**
 * Adds runtimes to the end of a file; everything that is there stays as it is.
 * @param keepsDefault whether containerd's default runtime has to be written down too.
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
  if (!isSame(parseEdited(text, target), expected))
    throw failedPrecondition(`${target.path}: cannot be edited safely: tables at its end would change its meaning`);
  return text;
}

/**
 * Removes from a file what `register` added, and nothing else.
 * @param keepsDefault whether somebody needs the default runtime that was written down with ours.
 * @returns undefined: the file goes.
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
  if (!isSame(parseEdited(edited, target), withoutTables(before, runtimesPath, removed)))
    throw failedPrecondition(
      `${path}: what \`dunnage install\` added cannot be removed without a change of other settings: something was written between its lines or right behind them; remove it by hand`,
    );
  return edited;
}

/** Handlers of our runtimes in a file, whoever wrote them. */
export function ourHandlers(value: TomlTable, runtimesPath: readonly string[]): string[] {
  const runtimes = Object.entries(tableAt(value, runtimesPath) ?? {});
  const isOurs = (table: unknown): boolean =>
    isTable(table) && String(table["runtime_type"]).startsWith("io.containerd.dunnage-");
  return runtimes
    .filter(([handler, table]) => handler.startsWith("dunnage-") || isOurs(table))
    .map(([handler]) => handler);
}

/** What a registration says, as TOML means it. */
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

/** The parser's reasons are about our lines; the cause is a line of the user's. */
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

/** Empty tables mean nothing to containerd. */
function isSame(a: TomlTable, b: TomlTable): boolean {
  return isDeepStrictEqual(withoutEmpty(a), withoutEmpty(b));
}

function withoutEmpty(value: TomlTable): TomlTable {
  const entries = Object.entries(value).map(
    ([key, below]) => [key, isTable(below) ? withoutEmpty(below) : below] as const,
  );
  return Object.fromEntries(entries.filter(([, below]) => !isTable(below) || Object.keys(below).length > 0));
}
