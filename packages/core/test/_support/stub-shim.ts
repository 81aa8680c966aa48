/** The program of the test installation: the real bootstrap with a Task service that runs no containers. */
import { existsSync, open, readFileSync, writeFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Service } from "@dunnage/ttrpc";
import type { DaemonContext, DaemonService } from "../../src/bootstrap/context.ts";
import { main } from "../../src/bootstrap/main.ts";
import { endProcess } from "../../src/bootstrap/process/end-process.ts";
import { notFound } from "../../src/errors/errors.ts";
import { silentLogger } from "../../src/log/logger.ts";
import { wire } from "../../src/proto/gen/wire.js";

/** Read at once: a daemon removes such variables from its environment. */
const hangingFile = process.env["STUB_HANGING_FILE"];

const empty = wire.Empty.encode({}).finish();
const deleted = wire.DeleteResponse.encode({ pid: 42, exit_status: 7, exited_at: { seconds: 1, nanos: 0 } }).finish();

function stubTask(context: DaemonContext, ids: Set<string>): Service {
  const changed = () => context.containersChanged(ids.size);
  const known = (id: string) => {
    if (!ids.has(id)) throw notFound(`container ${id}: not found`);
  };
  return {
    Create: (payload) => {
      ids.add(wire.CreateTaskRequest.decode(payload).id);
      changed();
      return wire.CreateTaskResponse.encode({ pid: process.pid }).finish();
    },
    Kill: (payload) => {
      known(wire.KillRequest.decode(payload).id);
      return empty;
    },
    Wait: (payload) => {
      known(wire.WaitRequest.decode(payload).id);
      return empty;
    },
    Delete: (payload) => {
      const { id } = wire.DeleteRequest.decode(payload);
      known(id);
      ids.delete(id);
      context.released(id);
      changed();
      return deleted;
    },
    Connect: () => wire.ConnectResponse.encode({ shim_pid: process.pid }).finish(),
    Shutdown: () => {
      context.shutdownRequested();
      return empty;
    },
  };
}

/** Reports what a test cannot see from outside. The payload is the id of a container. */
function probe(context: DaemonContext): Service {
  return {
    Probe: (payload) => {
      const { env, openFilesLimit, debug, ttrpcAddress } = context;
      const runtime = context.runtimeOf(Buffer.from(payload).toString(), "/");
      const umask = process.umask(0o022);
      const seen = { env, own: process.env, openFilesLimit, debug, ttrpcAddress, runtime, umask, cwd: process.cwd() };
      return Buffer.from(JSON.stringify(seen));
    },
    Throw: () => {
      setImmediate(() => {
        throw new Error("not caught");
      });
      return empty;
    },
  };
}

async function serve(context: DaemonContext): Promise<DaemonService> {
  if (process.env["STUB_SERVE_ERROR"]) throw new Error(process.env["STUB_SERVE_ERROR"]);
  if (process.env["STUB_SERVE_CRASH"]) process.kill(process.pid, "SIGKILL");
  if (process.env["STUB_SERVE_NOISE"]) process.stderr.write("(node:1) Warning: noise\n");
  if (process.env["STUB_SERVE_DELAY_MS"]) await sleep(Number(process.env["STUB_SERVE_DELAY_MS"]));
  const ids = new Set<string>();
  return {
    services: { "containerd.task.v2.Task": stubTask(context, ids), "test.Probe": probe(context) },
    logger: silentLogger,
    containers: () => ids.size,
    hasContainer: (id) => ids.has(id),
    shutdown: () => leaveThreadBehind(),
  };
}

/** Starts to open a file that hangs, and waits until the thread has begun. */
async function leaveThreadBehind(): Promise<void> {
  if (hangingFile === undefined) return;
  open(hangingFile, "r", () => {});
  await sleep(100);
}

// Otherwise Node would write the cache at its own end, which `endProcess` precedes.
process.once("exit", () => flushCompileCache());
endProcess(
  await main(process.argv.slice(2), process.env, {
    defaultRuntime: "runc",
    serve,
    cleanUp: async ({ bundle, runtime }) => {
      if (existsSync(bundle)) writeFileSync(join(bundle, "cleaning-up"), String(process.pid));
      await leaveThreadBehind();
      if (process.env["STUB_CLEAN_UP_HANGS"]) await sleep(600_000);
      if (existsSync(bundle)) writeFileSync(join(bundle, "cleaned-up"), runtime, { flag: "a" });
      const pidFile = join(bundle, "init.pid");
      return { pid: existsSync(pidFile) ? Number(readFileSync(pidFile)) : 0, exitStatus: 137, exitedAt: new Date() };
    },
    features: async (runtime) => (runtime === "runc" ? "{}" : undefined),
  }),
);
