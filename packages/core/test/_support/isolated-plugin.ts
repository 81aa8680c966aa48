import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StatusError } from "@dunnage/ttrpc";
import type { ExecutionContext } from "ava";
import { defaultConfig } from "../../src/bootstrap/config/config.ts";
import type { Surroundings } from "../../src/bootstrap/context.ts";
import { isolateWith } from "../../src/bootstrap/plugins/isolate-with.ts";
import type { AuditEntry } from "../../src/hooks/audit/audit-entry.ts";
import type { HookChain } from "../../src/hooks/chain/chain.ts";
import type { HookSubject } from "../../src/hooks/event/event.ts";
import type { Stage } from "../../src/hooks/event/stages.ts";
import { loadPlugins, type PluginSource } from "../../src/hooks/loader/load-plugins.ts";
import { never, subject } from "./hooks.ts";
import { RecordingLog } from "./recording-log.ts";
import { TempDir } from "./temp-dir.ts";

const self = [process.execPath, "--no-warnings", join(import.meta.dirname, "plugin-program.ts")];

/** A chain with one plugin in its own process. */
export interface Isolated {
  readonly chain: HookChain;
  readonly log: RecordingLog;
  /** Entries of the audit log. */
  readonly entries: readonly AuditEntry[];
  /** Directory for files that the hooks write. */
  readonly dir: TempDir;
}

/**
 * Loads the text of a plugin's hooks, `{ preStart() { … } }`, into a separate process, which ends with the test. The
 * hooks have a timeout of 20 s, so a busy machine does not miss a deadline that the test is not about. `timeoutMs:
 * undefined` keeps the plugin's own timeouts.
 */
export async function isolated(
  t: ExecutionContext,
  hooks: string,
  source: Partial<PluginSource> = {},
): Promise<Isolated> {
  return await isolatedModule(t, `export default { name: "x", apiVersion: 1, hooks: ${hooks} };`, source);
}

/** Like `isolated`, with the whole text of a module. */
export async function isolatedModule(
  t: ExecutionContext,
  text: string,
  source: Partial<PluginSource> = {},
): Promise<Isolated> {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  const opened = await openIsolated(dir, text, source);
  t.teardown(() => opened.chain.close());
  return opened;
}

/** Like `isolatedModule`, in an existing directory. */
export async function openIsolated(dir: TempDir, text: string, source: Partial<PluginSource> = {}): Promise<Isolated> {
  const path = dir.join("p.ts");
  writeFileSync(path, text, { mode: 0o644 });
  const log = new RecordingLog();
  const surroundings = { self, libDir: dir.path, env: { PATH: process.env["PATH"] ?? "" }, config: defaultConfig };
  const isolate = isolateWith(surroundings as unknown as Surroundings);
  const config = { dir: dir.path, ...(source.config as object | undefined) };
  const isolation = { memoryBytes: 128 * 2 ** 20 };
  const plugin = { name: "p1", use: `module:${path}`, isolation, timeoutMs: 20_000, ...source, config };
  const entries: AuditEntry[] = [];
  const audit = { record: (entry: AuditEntry) => void entries.push(entry) };
  const { hooks } = await loadPlugins([plugin], { log, audit, isolate });
  return { chain: hooks, log, entries, dir };
}

/** Returns the error that the client of a refused call gets. */
export async function refusal(
  t: ExecutionContext,
  chain: HookChain,
  stage: Stage = "preStart",
  given: HookSubject = subject,
): Promise<StatusError> {
  const error = await t.throwsAsync(chain.run(stage, given, { signal: never }));
  t.true(StatusError.is(error), String(error));
  return error as StatusError;
}

/** Returns the pid that a preStart hook puts into its denial. */
export async function pidOf(t: ExecutionContext, chain: HookChain): Promise<number> {
  for (;;) {
    const found = /pid (\d+)/.exec((await refusal(t, chain)).message);
    if (found !== null) return Number(found[1]);
  }
}

/** Returns whether a process has exited, reaped or not. */
export function isGone(pid: number): boolean {
  try {
    return !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return true;
  }
}
