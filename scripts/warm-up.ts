import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { Client, Server } from "../packages/ttrpc/src/index.ts";

const service = "containerd.task.v2.Task";
const id = "warm-up";
const deadlineMs = 30_000;

/** A substitute for runc: the container is a `sleep`. */
const fakeRunc = `#!/bin/sh
for arg in "$@"; do
  [ "$flag" = --pid-file ] && pidfile=$arg
  flag=$arg
  case $arg in
    create | start | exec | kill | delete | ps | state) verb=\${verb:-$arg} ;;
  esac
done
case $verb in
  create | exec) sleep 30 & echo $! >"$pidfile"; echo $! >"$0.$verb" ;;
  kill) read -r pid <"$0.create"; kill -9 "$pid" ;;
  ps) read -r pid <"$0.create"; echo "[$pid]" ;;
esac
`;

/**
 * Runs the program of an installation as containerd would, through the life cycle of a container, and stores V8's
 * compiled code next to it. A daemon then does not need to compile this code again.
 * @throws the daemon does not start, or does not end with status 0.
 */
export async function warmUp(libDir: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "dunnage-build-"));
  const containerd = new Server({
    services: { "containerd.services.events.ttrpc.v1.Events": { Forward: () => new Uint8Array() } },
  });
  try {
    mkdirSync(join(dir, id));
    writeFileSync(join(dir, id, "config.json"), JSON.stringify({ ociVersion: "1.0.2", process: { args: ["sleep"] } }));
    writeFileSync(join(dir, "runc"), fakeRunc, { mode: 0o755 });
    writeFileSync(join(dir, "config.toml"), `[runtimes.runc]\nbinary = ${JSON.stringify(join(dir, "runc"))}\n`);
    await containerd.listen({ path: join(dir, "containerd.sock") });
    await runDaemon(libDir, dir);
    checkCode(libDir);
  } finally {
    await containerd[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Starts the program as the launcher does, but with warnings enabled.
 * @throws V8 does not accept the recorded code.
 */
function checkCode(libDir: string): void {
  const launcher = readFileSync(join(import.meta.dirname, "../packages/core/bin/launcher.sh"), "utf8");
  const flags = /"\$lib\/node" ([^"]*) "\$lib/.exec(launcher)?.[1]?.split(" ") ?? [];
  const args = [...flags.filter((flag) => flag !== "--no-warnings"), join(libDir, "shim.cjs"), "-v"];
  const { stderr } = spawnSync(join(libDir, "node"), args, { encoding: "utf8", env: {} });
  if (stderr !== "") throw new Error(`the bundle does not start as it should: ${stderr}`);
}

async function runDaemon(libDir: string, dir: string): Promise<void> {
  const recorder = join(import.meta.dirname, "record-code.cjs");
  const socket = join(dir, "containerd.sock");
  const args = [
    "--require",
    recorder,
    join(libDir, "shim.cjs"),
    "-namespace",
    id,
    "-address",
    socket,
    "-id",
    id,
    "start",
  ];
  const env = {
    PATH: process.env["PATH"],
    TTRPC_ADDRESS: socket,
    DUNNAGE_LIB: libDir,
    DUNNAGE_RUNTIME_DIR: join(dir, "run"),
    DUNNAGE_CONFIG: join(dir, "config.toml"),
  };
  const cwd = join(dir, id);
  const daemon = spawn(join(libDir, "node"), args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(daemon, "exit");
  const timer = setTimeout(() => daemon.kill("SIGKILL"), deadlineMs);
  try {
    for await (const line of createInterface({ input: daemon.stdout })) {
      if (line.startsWith("answer ")) await liveOneLife(line.slice("answer ".length), cwd);
    }
    daemon.kill("SIGTERM");
    const [status, signal] = await exit;
    if (status !== 0) throw new Error(`the bundle does not run as a daemon: ${signal ?? status}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Makes every call of a container with one exec. A failed call costs start-up time, but does not fail the build. */
async function liveOneLife(address: string, bundle: string): Promise<void> {
  using client = await Client.connect(address);
  const call = async (method: string, request: Uint8Array): Promise<unknown> =>
    client
      .call({ service, method }, request)
      .catch((error: Error) => console.log(`build: warm-up: ${method}: ${error.message}`));
  const target = (exec_id: string): Uint8Array => wire.StartRequest.encode({ id, exec_id }).finish();
  const kill = (exec_id: string): Uint8Array => wire.KillRequest.encode({ id, exec_id, signal: 9 }).finish();
  const value = Buffer.from(JSON.stringify({ args: ["true"], cwd: "/" }));
  const spec = { type_url: "types.containerd.io/opencontainers/runtime-spec/1/Process", value };
  await call("Create", wire.CreateTaskRequest.encode({ id, bundle }).finish());
  const wait = call("Wait", target(""));
  await call("Start", target(""));
  await call("Connect", target(""));
  await call("State", target(""));
  await call("Pids", target(""));
  await call("Exec", wire.ExecProcessRequest.encode({ id, exec_id: "e", spec }).finish());
  await call("Start", target("e"));
  await call("Kill", kill("e"));
  await call("Wait", target("e"));
  await call("Delete", target("e"));
  await call("Kill", kill(""));
  await wait;
  await call("Delete", target(""));
  await call("Shutdown", wire.ShutdownRequest.encode({ id }).finish());
}
