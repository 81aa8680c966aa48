import { spawn } from "node:child_process";
import { existsSync, linkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import test from "ava";
import { version } from "../../src/bootstrap/version.ts";
import { wire } from "../../src/proto/gen/wire.js";
import { Distribution } from "../_support/distribution.ts";
import {
  callTask,
  createTask,
  deleteTask,
  FakeContainerd,
  finish,
  pidBehind,
  readText,
  runcOptions,
} from "../_support/fake-containerd.ts";
import { TempDir } from "../_support/temp-dir.ts";
import { until } from "../_support/until.ts";

test("version – that of the package", (t) => {
  t.is(version, JSON.parse(readText(join(import.meta.dirname, "../../package.json"))).version);
});

test.serial("main – name, version and build – -v, -version", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  for (const flag of ["-v", "--version", "-version=true"]) {
    const { stdout, stderr, status } = await containerd.run([flag], { runtime: "crun" });
    t.deepEqual([status, stderr], [0, ""]);
    t.regex(
      stdout.toString(),
      /^containerd-shim-dunnage-crun-v1:\n {2}Version: \d+\.\d+\.\d+\n {2}Build: {3}build-1\n/,
    );
  }
});

test.serial("main – RuntimeInfo with the options it was given – -info", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const bare = await containerd.run(["-info"]);
  t.deepEqual([bare.status, bare.stderr], [0, ""]);
  const info = wire.RuntimeInfo.decode(bare.stdout);
  t.deepEqual(
    [info.name, info.version?.version, info.version?.revision],
    ["io.containerd.dunnage-runc.v1", version, "build-1"],
  );
  t.is(info.options, null);
  t.is(info.features?.type_url, "types.containerd.io/opencontainers/runtime-spec/1/features/Features");
  const options = runcOptions({ root: "/r" });
  const other = await containerd.run(["-info"], { input: options, runtime: "crun" });
  const echoed = wire.RuntimeInfo.decode(other.stdout);
  t.deepEqual(Buffer.from(wire.Any.encode(echoed.options ?? {}).finish()), Buffer.from(options));
  t.is(echoed.features, null);
});

test.serial(
  "main – the version of what is installed, and the daemon that runs keeps its own – a new installation",
  async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution, 'answer = "json"\n');
    const old = await containerd.start();
    const info = async () => wire.RuntimeInfo.decode((await containerd.run(["-info"], { id: "i" })).stdout).version;
    t.is((await info())?.revision, "build-1");
    distribution.setBuild("build-2");
    t.is((await info())?.revision, "build-2");
    t.regex((await containerd.run(["-v"], { id: "i" })).stdout.toString(), /Build: {3}build-2\n/);
    const young = await containerd.start({ id: "c2" });
    t.not(young.stdout.toString(), old.stdout.toString()); // never the old daemon's address under the new build
    distribution.setBuild("build-1");
    t.is((await containerd.start({ id: "c3" })).stdout.toString(), old.stdout.toString());
  },
);

for (const args of [["-nonsense"], ["-namespace"], ["-namespace", "n", "-address", "a", "-id", "c1", "restart"]]) {
  test.serial(`main – usage and status 2 – ${args.join(" ")}`, async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution);
    const { stdout, stderr, status } = await containerd.run(args);
    t.deepEqual([status, stdout.length], [2, 0]);
    t.regex(stderr, /\nusage: /);
  });
}

for (const args of [["start"], ["-id", "c1", "delete"], []]) {
  test.serial(`main – status 1 – no namespace: ${args.join(" ")}`, async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution);
    const { stderr, status } = await containerd.run(args);
    t.deepEqual([status, stderr], [1, "shim namespace cannot be empty\n"]);
  });
}

test.serial("serve – answers on the path until Shutdown – -socket", async (t) => {
  using distribution = new Distribution();
  using dir = new TempDir();
  await using containerd = await FakeContainerd.start(distribution);
  const socket = dir.join("s");
  const ended = containerd.run(["-namespace", "default", "-id", "c1", "-socket", socket]);
  await until(() => existsSync(socket));
  const address = `unix://${socket}`;
  await createTask(address, "c1");
  await callTask(address, "Shutdown", new Uint8Array());
  t.deepEqual([await pidBehind(address)], containerd.pids());
  t.not((await containerd.start({ id: "c1" })).address, address); // launchers do not find it
  await deleteTask(address, "c1");
  await callTask(address, "Shutdown", new Uint8Array());
  t.is((await ended).status, 0);
  t.is(containerd.daemons().length, 1);
});

test.serial("serve – refuses a socket path over 106 bytes – -socket", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { status, stderr } = await containerd.run(["-namespace", "n", "-socket", `/${"x".repeat(106)}`]);
  t.is(status, 1);
  t.regex(stderr, /longer than 106 bytes/);
});

test.serial("serve – answers on the socket it was given – descriptor 3", async (t) => {
  using distribution = new Distribution();
  using dir = new TempDir();
  const listener = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  listener.listen(dir.join("s"), resolve);
  await promise;
  const { fd } = (listener as unknown as { _handle: { fd: number } })._handle;
  const env = { PATH: process.env["PATH"], DUNNAGE_RUNTIME_DIR: dir.join("run"), DUNNAGE_CONFIG: dir.join("none") };
  const child = spawn(distribution.launcher(), ["-namespace", "n"], { env, stdio: ["ignore", "pipe", "pipe", fd] });
  t.teardown(() => child.kill("SIGKILL"));
  const ended = finish(child);
  linkSync(dir.join("s"), dir.join("link")); // close removes the path
  listener.close();
  await callTask(`unix://${dir.join("link")}`, "Shutdown", new Uint8Array());
  const { status, stderr } = await ended;
  t.deepEqual([status, stderr], [0, ""]);
});
