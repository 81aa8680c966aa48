import { copyFileSync, existsSync, mkdirSync, rmdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { readProcess } from "../../../src/native/proc.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import { defaultPath } from "../../../src/reaper/child-environment.ts";
import { Distribution } from "../../_support/distribution.ts";
import {
  type Dialect,
  FakeContainerd,
  pidBehind,
  probe,
  readText,
  runcOptions,
} from "../../_support/fake-containerd.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { until } from "../../_support/until.ts";

for (const dialect of ["1.6", "1.7", "2.3"] as Dialect[]) {
  test.serial(
    `start – becomes a daemon and answers its address, nothing else – cold, as ${dialect} calls`,
    async (t) => {
      using distribution = new Distribution();
      await using containerd = await FakeContainerd.start(distribution);
      const outcome = await containerd.start({ dialect });
      t.is(outcome.stderr, "");
      t.is(outcome.status, 0);
      t.regex(outcome.stdout.toString(), /^unix:\/\/\S+$/);
      t.deepEqual([await pidBehind(outcome.address)], containerd.pids());
      t.is(readText(join(containerd.bundle("c1"), "address")), outcome.address);
    },
  );
}

test.serial("start – a daemon in its own session, in /, with umask 0022 – cold", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  const pid = await pidBehind(address);
  const fields = readText(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  t.deepEqual([fields[2], fields[3]], [String(pid), String(pid)]);
  t.not(readProcess(pid)?.ppid, process.pid);
  t.like(await probe(address), { cwd: "/", umask: 0o022 });
});

test.serial(
  "start – no environment but what is wanted reaches children, and nothing of ours stays – cold",
  async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution);
    const leaky = {
      NODE_OPTIONS: "--no-deprecation",
      LD_LIBRARY_PATH: "/x",
      NOTIFY_SOCKET: "/n",
      LISTEN_FDS: "1",
      SECRET: "s",
    };
    const { address } = await containerd.start({ env: { ...leaky, LANG: "C.UTF-8" } });
    const { env, own } = await probe(address);
    t.deepEqual(env, { PATH: defaultPath, GOMAXPROCS: "2", LANG: "C.UTF-8" });
    const names = Object.keys(own as object);
    t.deepEqual(
      names.filter((name) => /^(DUNNAGE_|NODE_|LD_|NOTIFY_|LISTEN_)/.test(name)),
      [],
    );
  },
);

test.serial("start – RLIMIT_NOFILE as containerd had it is known to the services – cold", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  const [, soft] = /^Max open files\s+(\d+)/m.exec(readText("/proc/self/limits")) ?? [];
  const { openFilesLimit } = await probe(address);
  t.true((openFilesLimit as { soft: number }).soft > 0);
  t.true((openFilesLimit as { soft: number }).soft <= Number(soft));
});

test.serial("start – directories 0700, socket and files 0600 – cold", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const { address } = await containerd.start();
  const [daemon = ""] = containerd.daemons();
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  t.is(address, `unix://${daemon}/s`);
  const directories = [containerd.runtimeDir, dirname(daemon), daemon, join(daemon, "claims")];
  t.deepEqual(directories.map(modeOf), [0o700, 0o700, 0o700, 0o700]);
  t.deepEqual(
    ["s", "daemon", "born"].map((name) => modeOf(join(daemon, name))),
    [0o600, 0o600, 0o600],
  );
});

test.serial("start – no socket beyond the limit of a path – socket_dir too long", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const socketDir = join(containerd.runtimeDir, "x".repeat(80));
  const outcome = await containerd.start({ dialect: "2.3", socketDir });
  t.is(outcome.status, 1);
  t.regex(outcome.stderr, /socket path .* is longer than 106 bytes/);
  t.deepEqual(containerd.daemons(), []);
});

test.serial("start – the socket is where containerd wants it – socket_dir", async (t) => {
  using distribution = new Distribution();
  using sockets = new TempDir();
  await using containerd = await FakeContainerd.start(distribution);
  const first = await containerd.start({ dialect: "2.3", socketDir: sockets.join("s") });
  t.is(dirname(first.address.slice("unix://".length)), sockets.join("s"));
  t.regex(first.address, /\/[0-9a-f]{64}$/);
  t.is(statSync(sockets.join("s")).mode & 0o777, 0o700);
  const nodes = distribution.nodes;
  const second = await containerd.start({ id: "c2", dialect: "2.3", socketDir: sockets.join("s") });
  t.deepEqual([second.address, distribution.nodes], [first.address, nodes]);
  const other = await containerd.start({ id: "c3", dialect: "2.3" });
  t.not(other.address, first.address);
});

test.serial(
  "start – options of 2.3 reach the group like those of older ones – shim_cgroup in both dialects",
  async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution);
    for (const dialect of ["1.7", "2.3"] as Dialect[]) {
      const options = runcOptions({ shim_cgroup: "/there/is/no/such/cgroup" });
      const outcome = await containerd.start({ dialect, options });
      t.is(outcome.status, 1);
      t.is(outcome.stderr, "shim cgroup /there/is/no/such/cgroup: not found\n");
    }
    t.deepEqual(containerd.daemons(), []);
  },
);

test.serial("start – the daemon moves into the cgroup that was asked for – shim_cgroup", async (t) => {
  const name = `dunnage-test-${process.pid}`;
  const parent =
    ["/sys/fs/cgroup/pids", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup"].find((path) => existsSync(path)) ?? "";
  const cgroup = join(parent, name);
  mkdirSync(cgroup);
  const tasksFile = existsSync(join(cgroup, "tasks")) ? "tasks" : "cgroup.threads";
  try {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution);
    const outcome = await containerd.start({ options: runcOptions({ shim_cgroup: `/${name}` }) });
    t.is(outcome.stderr, "");
    t.is(readText(join(cgroup, "cgroup.procs")).trim(), String(await pidBehind(outcome.address)));
    t.not((await containerd.start({ id: "c2" })).address, outcome.address);
  } finally {
    // Threads of a killed daemon stay in the cgroup for a moment.
    await until(() => readText(join(cgroup, tasksFile)) === "", "an empty cgroup");
    rmdirSync(cgroup);
  }
});

test.serial(
  "start – params of another container are not believed – an Any that parses as BootstrapParams",
  async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution);
    const foreign = wire.BootstrapParams.encode({
      instance_id: "other",
      namespace: "default",
      containerd_ttrpc_address: "/elsewhere",
    }).finish();
    const outcome = await containerd.start({ options: foreign });
    t.is(outcome.stderr, "");
    t.like(await probe(outcome.address), { ttrpcAddress: `${containerd.grpcAddress}.ttrpc` });
  },
);

test.serial("start – one line of reason and status 1, no daemon left – services that cannot be built", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const outcome = await containerd.start({ env: { STUB_SERVE_ERROR: "plugin x: no such file" } });
  t.deepEqual([outcome.status, outcome.stdout.length, outcome.stderr], [1, 0, "plugin x: no such file\n"]);
  t.deepEqual(containerd.daemons(), []);
  t.is((await containerd.start()).status, 0);
});

test.serial("start – a reason and status 1 – Node dies before it answers", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const outcome = await containerd.start({ env: { STUB_SERVE_CRASH: "1" } });
  t.deepEqual([outcome.status, outcome.stdout.length], [1, 0]);
  t.not(outcome.stderr, "");
  t.is((await containerd.start({ id: "c2" })).status, 0); // remains of the dead daemon block no other start
  t.is(containerd.daemons().length, 1);
});

test.serial("start – a reason and status 1 – no installation", async (t) => {
  using distribution = new Distribution();
  rmSync(distribution.lib, { recursive: true });
  await using containerd = await FakeContainerd.start(distribution);
  const outcome = await containerd.start();
  t.deepEqual([outcome.status, outcome.stdout.length], [1, 0]);
  t.is(
    outcome.stderr,
    `no installation of Dunnage at ${distribution.lib}, which containerd-shim-dunnage-runc-v1 belongs to: install it again, or call the installed file or a link to it\n`,
  );
});

test.serial("start – warnings of Node or a library do not reach containerd – noise on stderr", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const outcome = await containerd.start({ env: { STUB_SERVE_NOISE: "1" } });
  t.deepEqual([outcome.status, outcome.stderr], [0, ""]);
  t.regex(outcome.stdout.toString(), /^unix:\/\/\S+$/);
});

test.serial("start – refuses an id that is no file name – slash", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const outcome = await containerd.run(["-namespace", "n", "-address", "/a", "-id", "../x", "start"]);
  t.deepEqual([outcome.status, outcome.stderr], [1, 'invalid id "../x"\n']);
});

test.serial("start – finds its installation – called through a symbolic link elsewhere", async (t) => {
  using distribution = new Distribution();
  using elsewhere = new TempDir();
  await using containerd = await FakeContainerd.start(distribution);
  const link = elsewhere.join("containerd-shim-dunnage-crun-v1");
  symlinkSync(distribution.launcher("runc"), link);
  containerd.callThrough(link);
  const outcome = await containerd.start();
  t.is(outcome.stderr, "");
  t.like(await probe(outcome.address), { runtime: "crun" });
});

test.serial("start – finds its installation – called as a copy elsewhere", async (t) => {
  using distribution = new Distribution();
  using elsewhere = new TempDir();
  await using containerd = await FakeContainerd.start(distribution);
  const copy = elsewhere.join("containerd-shim-dunnage-crun-v1");
  copyFileSync(distribution.launcher("runc"), copy);
  containerd.callThrough(copy);
  const outcome = await containerd.start();
  t.is(outcome.stderr, "");
  t.like(await probe(outcome.address), { runtime: "crun" });
  const nodes = distribution.nodes;
  t.is((await containerd.start({ id: "c2" })).address, outcome.address);
  t.is(distribution.nodes, nodes);
});

test.serial("start – JSON of version 2 – configured", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, 'answer = "json"\n');
  const outcome = await containerd.start();
  const { version, protocol, address } = JSON.parse(outcome.stdout.toString());
  t.deepEqual([version, protocol], [2, "ttrpc"]);
  t.is(readText(join(containerd.bundle("c1"), "address")), address);
  t.is((await containerd.start({ id: "c2" })).stdout.toString(), outcome.stdout.toString());
});

test.serial("start – names file and key – wrong configuration", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution, "capp = 1\n");
  const outcome = await containerd.start();
  t.is(outcome.status, 1);
  t.true(outcome.stderr.includes("config.toml") && outcome.stderr.includes("capp"));
});
