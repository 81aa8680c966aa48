import { type Server, StatusError } from "@dunnage/ttrpc";
import type { ExecutionContext } from "ava";
import { withOwnSchemes } from "../../src/bootstrap/plugins/hook-servers.ts";
import type { AuditEntry } from "../../src/hooks/audit/audit-entry.ts";
import type { Stage } from "../../src/hooks/event/stages.ts";
import { loadPlugins, type PluginSource } from "../../src/hooks/loader/load-plugins.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { type HookServerParts, openHookServer } from "./hook-server.ts";
import { never, subject } from "./hooks.ts";
import { RecordingLog } from "./recording-log.ts";
import { TempDir } from "./temp-dir.ts";

const libc = openKoffiLibc();

/** A directory with a socket, and chains of one plugin whose hooks are served on that socket. */
export interface RemoteScene {
  readonly dir: TempDir;
  readonly log: RecordingLog;
  readonly path: string;
  /** Entries of the audit log. */
  readonly entries: readonly AuditEntry[];
  /** How often a server has changed its hooks. */
  changes: number;
  serve(parts: HookServerParts): Promise<Server>;
  load(source?: Partial<PluginSource>): ReturnType<typeof loadPlugins>;
  refusal(stage?: Stage, given?: Partial<PluginSource>): Promise<StatusError>;
}

/** Sets up a scene; its resources are released when the test ends. */
export function setUpRemote(t: ExecutionContext): RemoteScene {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  const log = new RecordingLog();
  const path = dir.join("hooks.sock");
  const entries: AuditEntry[] = [];
  const audit = { record: (entry: AuditEntry) => void entries.push(entry) };
  const scene: RemoteScene = {
    dir,
    log,
    path,
    entries,
    changes: 0,
    serve: async (parts) => {
      const server = await openHookServer(path, parts);
      t.teardown(() => server[Symbol.asyncDispose]());
      return server;
    },
    load: async (source = {}) => {
      const schemes = withOwnSchemes({});
      const changed = (): void => void scene.changes++;
      const loaded = await loadPlugins([{ name: "p1", use: `ttrpc:${path}`, timeoutMs: 20_000, ...source }], {
        log,
        audit,
        schemes,
        libc,
        changed,
      });
      t.teardown(() => loaded.hooks.close());
      return loaded;
    },
    refusal: async (stage = "preStart", given = {}) => refusalOf(t, (await scene.load(given)).hooks, stage),
  };
  return scene;
}

type Hooks = Awaited<ReturnType<typeof loadPlugins>>["hooks"];

/** Returns the error that the client of a refused call gets. */
export async function refusalOf(
  t: ExecutionContext,
  hooks: Hooks,
  stage: Stage = "preStart",
  given = subject,
): Promise<StatusError> {
  const error = await t.throwsAsync(hooks.run(stage, given, { signal: never }));
  t.true(StatusError.is(error), String(error));
  return error as StatusError;
}
