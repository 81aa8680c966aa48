import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { readProcess } from "../../src/native/proc.ts";
import { wire } from "../../src/proto/gen/wire.js";
import { Distribution, type Shell } from "../_support/distribution.ts";
import {
  type Dialect,
  FakeContainerd,
  finish,
  type Invocation,
  pidBehind,
  readText,
  runcOptions,
} from "../_support/fake-containerd.ts";
import { TempDir } from "../_support/temp-dir.ts";
import { until } from "../_support/until.ts";

const shells: readonly Shell[] = ["dash", "busybox"];
const someOptions = runcOptions({ root: "/run/somewhere", systemd_cgroup: true });

/** A distribution, and a containerd with one container in a daemon. */
async function warm(shell: Shell, first: Invocation = {}) {
  const distribution = new Distribution({ shell });
  const containerd = await FakeContainerd.start(distribution);
  const cold = await containerd.start({ id: "first", ...first });
  return {
    distribution,
    containerd,
    cold,
    async [Symbol.asyncDispose]() {
      await containerd[Symbol.asyncDispose]();
      distribution[Symbol.dispose]();
    },
  };
}

const claim = (containerd: FakeContainerd, id: string) => join(containerd.daemons()[0] ?? "", "claims", id);

for (const shell of shells) {
  for (const dialect of ["1.6", "1.7", "2.3"] as Dialect[]) {
    test.serial(`${shell} – answers from the group, verbatim, without Node – as ${dialect} calls`, async (t) => {
      await using scene = await warm(shell, { dialect });
      const { containerd, cold, distribution } = scene;
      const nodes = distribution.nodes;
      const outcome = await containerd.start({ id: "second", dialect, runtime: "crun" });
      // 2.3 sends parameters: another runtime's are remembered apart, so the first of them goes to Node.
      t.is(distribution.nodes, nodes + (dialect === "2.3" ? 1 : 0));
      const third = await containerd.start({ id: "third", dialect, runtime: "crun" });
      t.is(distribution.nodes, nodes + (dialect === "2.3" ? 1 : 0));
      for (const { stdout, stderr, status } of [outcome, third]) {
        t.deepEqual([stdout.toString(), stderr, status], [cold.stdout.toString(), "", 0]);
      }
      t.is(readText(join(containerd.bundle("third"), "address")), cold.address);
      t.is(readText(claim(containerd, "third")), "crun\n");
    });
  }

  test.serial(`${shell} – options as last time answer without Node, others are judged by Node – options`, async (t) => {
    await using scene = await warm(shell, { options: someOptions });
    const { containerd, cold, distribution } = scene;
    const nodesFor = async (id: string, invocation: Invocation): Promise<number> => {
      const before = distribution.nodes;
      const outcome = await containerd.start({ id, ...invocation });
      t.deepEqual([outcome.address, outcome.stderr], [cold.address, ""]);
      return distribution.nodes - before;
    };
    t.is(await nodesFor("same", { options: someOptions }), 0);
    t.is(await nodesFor("none", {}), 0);
    t.is(await nodesFor("empty", { options: new Uint8Array() }), 0);
    t.is(await nodesFor("other", { options: runcOptions({ root: "/run/elsewhere" }) }), 1);
    t.is(await nodesFor("other-again", { options: runcOptions({ root: "/run/elsewhere" }) }), 0);
    t.is(await nodesFor("nul", { options: wire.Any.encode({ type_url: "x", value: Buffer.from([0]) }).finish() }), 1);
    t.is(await nodesFor("nul-again", { options: wire.Any.encode({ type_url: "x", value: Buffer.from([0]) }).finish() }), 1);
  });

  test.serial(`${shell} – params of 2.3 with options and an id as long as a line feed's code – options`, async (t) => {
    await using scene = await warm(shell, { id: "0123456789", dialect: "2.3", options: someOptions });
    const { containerd, cold, distribution } = scene;
    const nodes = distribution.nodes;
    for (const id of ["abcdefghij", "a", "n".repeat(76)]) {
      t.is((await containerd.start({ id, dialect: "2.3", options: someOptions })).address, cold.address);
    }
    t.is(distribution.nodes, nodes);
  });

  test.serial(`${shell} – flags in every form of Go's – group alive`, async (t) => {
    await using scene = await warm(shell);
    const { containerd, cold, distribution } = scene;
    const nodes = distribution.nodes;
    const address = containerd.grpcAddress;
    const forms: string[][] = [
      ["--namespace", "default", "--address", address, "--id", "c1", "start"],
      ["-namespace=default", `-address=${address}`, "-id=c1", "-debug=false", "start", "-debug"],
      ["--namespace=default", `--address=${address}`, "--id=c1", "-debug", "-debug=F", "--", "start"],
      ["-namespace", "x", "-namespace", "default", "-address", address, "-id", "c1", "-bundle", "/b", "start"],
    ];
    for (const form of forms) t.is((await containerd.run(form)).stdout.toString(), cold.stdout.toString());
    t.is(distribution.nodes, nodes);
  });

  test.serial(`${shell} – quotes nothing wrong – blanks, quotes, globs and dollars in id and addresses`, async (t) => {
    using dir = new TempDir();
    const odd = "a b'c\"d$HOME`x`*?[y]\\z";
    mkdirSync(dir.join(odd));
    const address = dir.join(odd, "containerd.sock");
    await using scene = await warm(shell, { id: odd, address, ttrpcAddress: `${address} ttrpc` });
    const { containerd, cold, distribution } = scene;
    t.deepEqual([cold.status, cold.stderr], [0, ""]);
    const nodes = distribution.nodes;
    const second = await containerd.start({ id: `${odd}2`, address, ttrpcAddress: `${address} ttrpc` });
    t.deepEqual([second.stdout.toString(), distribution.nodes], [cold.stdout.toString(), nodes]);
    t.true(existsSync(claim(containerd, `${odd}2`)));
  });

  test.serial(`${shell} – one daemon for all, and few Nodes – 16 cold starts at once`, async (t) => {
    using distribution = new Distribution({ shell });
    await using containerd = await FakeContainerd.start(distribution);
    const outcomes = await Promise.all(Array.from({ length: 16 }, (_, n) => containerd.start({ id: `c${n}` })));
    t.deepEqual([...new Set(outcomes.map(({ stderr, status }) => `${status}${stderr}`))], ["0"]);
    t.is(new Set(outcomes.map(({ address }) => address)).size, 1);
    t.is(containerd.daemons().length, 1);
    t.true(distribution.nodes < 8, `${distribution.nodes} Nodes`);
  });

  test.serial(`${shell} – answers what the daemon left, without Node – delete`, async (t) => {
    using distribution = new Distribution({ shell });
    await using containerd = await FakeContainerd.start(distribution);
    const bundle = containerd.makeBundle({ id: "c1" });
    const bytes = Buffer.from([0x08, 0x00, 0x10, 0x89, 0x01, 0xff, 0x5c, 0x25]);
    const escapes = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
    for (const content of [escapes, `${escapes}\n`]) {
      writeFileSync(join(bundle, "dunnage.deleted"), content);
      const outcome = await containerd.delete();
      t.deepEqual([outcome.stdout, outcome.stderr, outcome.status], [bytes, "", 0]);
    }
    t.is(distribution.nodes, 0);
  });
}

test.serial("launcher – starts no process at all – group alive, no options", async (t) => {
  await using scene = await warm("dash");
  const { containerd, distribution } = scene;
  const bundle = containerd.makeBundle({ id: "c1" });
  const args = ["-namespace", "default", "-address", containerd.grpcAddress, "-id", "c1", "start"];
  const env = {
    PATH: process.env["PATH"] ?? "",
    DUNNAGE_RUNTIME_DIR: containerd.runtimeDir,
    DUNNAGE_CONFIG: containerd.configPath,
    TTRPC_ADDRESS: `${containerd.grpcAddress}.ttrpc`,
  };
  const trace = join(bundle, "trace");
  const strace = ["-f", "-o", trace, "-e", "trace=process", distribution.launcher(), ...args];
  const traced = spawnSync("strace", strace, { cwd: bundle, env, stdio: ["ignore", "pipe", "inherit"] });
  t.regex(traced.stdout.toString(), /^unix:/);
  const calls = readFileSync(trace, "utf8");
  t.is(calls.match(/\bexecve\(/g)?.length, 1);
  t.notRegex(calls, /\b(v?fork|clone3?)\(/);
});

/** What makes a start one of another group. */
const strangers: Readonly<Record<string, Invocation>> = {
  "another namespace": { namespace: "other" },
  "another containerd": { address: "/run/other/containerd.sock" },
  "another event service": { ttrpcAddress: "/run/other/containerd.sock.ttrpc" },
  debug: { debug: true },
  "core scheduling": { env: { SCHED_CORE: "1" } },
};
for (const [what, invocation] of Object.entries(strangers)) {
  for (const dialect of ["1.7", "2.3"] as Dialect[]) {
    test.serial(`launcher – another daemon, which then serves its own kind – ${what}, as ${dialect} calls`, async (t) => {
      await using scene = await warm("dash", { dialect });
      const { containerd, cold, distribution } = scene;
      const other = await containerd.start({ dialect, ...invocation });
      t.is(other.stderr, "");
      t.not(other.address, cold.address);
      const nodes = distribution.nodes;
      t.is((await containerd.start({ id: "c2", dialect, ...invocation })).address, other.address);
      t.is((await containerd.start({ id: "c3", dialect })).address, cold.address);
      t.is(distribution.nodes, nodes);
    });
  }
}

test.serial("launcher – another daemon – new installation", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  distribution.setBuild("build-2");
  t.not((await containerd.start()).address, cold.address);
});

test.serial("launcher – another daemon – configuration changed, added or removed since", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const seen = new Set([cold.address]);
  containerd.configure("cap = 3\n");
  seen.add((await containerd.start({ id: "c1" })).address);
  t.is(seen.size, 2);
  seen.add((await containerd.start({ id: "c2" })).address);
  t.is(seen.size, 2);
  rmSync(containerd.configPath);
  seen.add((await containerd.start({ id: "c3" })).address);
  t.is(seen.size, 3);
});

test.serial("launcher – another daemon – another mount namespace", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  const script = `#!/bin/sh\nexec unshare -m --propagation unchanged '${distribution.launcher()}' "$@"\n`;
  using dir = new TempDir();
  const wrapper = dir.join("containerd-shim-dunnage-runc-v1");
  writeFileSync(wrapper, script, { mode: 0o755 });
  containerd.callThrough(wrapper);
  const first = await containerd.start({ id: "c1" });
  t.is(first.stderr, "");
  t.not(first.address, cold.address);
});

test.serial("launcher – a new daemon, and the dead one's directory goes – daemon killed", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const [old = ""] = containerd.daemons();
  const pid = await pidBehind(cold.address);
  process.kill(pid, "SIGKILL");
  await until(() => containerd.pids().length === 0);
  const outcome = await containerd.start();
  t.is(outcome.stderr, "");
  t.not(await pidBehind(outcome.address), pid);
  t.false(existsSync(old));
});

/** Puts the registration of the warm daemon into a directory of its own, under another identity. */
function forge(containerd: FakeContainerd, pid: number, startTime: number): void {
  const [real = ""] = containerd.daemons();
  const directory = join(containerd.runtimeDir, "d", `${pid}.${startTime}`);
  mkdirSync(join(directory, "claims"), { recursive: true });
  const lines = readText(join(real, "daemon")).split("\n");
  const answer = `unix://${directory}/s`;
  const forged = [`${pid} ${startTime}`, ...lines.slice(1, 9), answer, answer, ""].join("\n");
  writeFileSync(join(directory, "daemon"), forged);
  writeFileSync(join(directory, "born"), "0\n");
  const ahead = new Date(Date.now() + 3_600_000);
  utimesSync(join(directory, "daemon"), ahead, ahead);
  utimesSync(join(directory, "born"), ahead, ahead);
}

test.serial("launcher – ignores the registration – pid in use by another process", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  forge(containerd, process.pid, 1); // sorts before or after: neither may win
  t.is((await containerd.start()).address, cold.address);
});

test.serial("launcher – believes the registration – pid and start time are those of a live process", async (t) => {
  await using scene = await warm("dash");
  const { containerd } = scene;
  const [real = ""] = containerd.daemons();
  const { startTime = 0 } = readProcess("self") ?? {};
  forge(containerd, process.pid, startTime); // so that the forgeries of the other tests fail for their own reason only
  rmSync(join(real, "daemon"));
  t.is((await containerd.start()).address, `unix://${containerd.runtimeDir}/d/${process.pid}.${startTime}/s`);
});

test.serial("launcher – ignores the registration – zombie", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const libc = openKoffiLibc();
  const pid = libc.spawn("/bin/true", ["true"], [], { dup2: [] });
  await until(() => readProcess(pid)?.state === "Z");
  forge(containerd, pid, readProcess(pid)?.startTime ?? 0);
  t.is((await containerd.start()).address, cold.address);
  libc.waitPid(pid);
});

test.serial("launcher – asks Node, which takes the daemon all the same – heartbeat late, daemon answers", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  const past = new Date(Date.now() - 60_000);
  utimesSync(join(containerd.daemons()[0] ?? "", "daemon"), past, past);
  const nodes = distribution.nodes;
  t.is((await containerd.start()).address, cold.address);
  t.is(distribution.nodes, nodes + 1);
});

test.serial("launcher – a new daemon, the hung one put aside – heartbeat late, daemon stopped", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  const [hung = ""] = containerd.daemons();
  const pid = await pidBehind(cold.address);
  process.kill(pid, "SIGSTOP");
  const past = new Date(Date.now() - 60_000);
  utimesSync(join(hung, "daemon"), past, past);
  const outcome = await containerd.start();
  t.is(outcome.stderr, "");
  t.not(outcome.address, cold.address);
  t.false(existsSync(join(hung, "daemon")));
  const nodes = distribution.nodes;
  t.is((await containerd.start({ id: "c2" })).address, outcome.address);
  t.is(distribution.nodes, nodes);
  process.kill(pid, "SIGCONT");
  t.is(await pidBehind(cold.address), pid); // its containers are still its own
});

test.serial("launcher – does not answer from a daemon that withdrew – registration gone after the claim", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const [old = ""] = containerd.daemons();
  rmSync(join(old, "daemon"));
  t.not((await containerd.start()).address, cold.address);
});

for (const [what, content] of [
  ["dead", "1 1\n"],
  ["another process by now", `${process.pid} 1\n`],
  ["killed before it could sign", ""],
] as const) {
  test.serial(`launcher – is not held up – the one who was starting is ${what}`, async (t) => {
    using distribution = new Distribution();
    await using containerd = await FakeContainerd.start(distribution);
    mkdirSync(join(containerd.runtimeDir, "d"), { recursive: true, mode: 0o700 });
    const hint = join(containerd.runtimeDir, "starting.default");
    writeFileSync(hint, content);
    const outcome = await containerd.start();
    t.deepEqual([outcome.status, outcome.stderr], [0, ""]);
    t.false(existsSync(hint));
  });
}

test.serial("launcher – the daemon comes to be, for the next one – SIGKILL while Node starts", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const killed = containerd.spawnStart({ id: "c1", env: { STUB_SERVE_DELAY_MS: "1500" } });
  const end = finish(killed);
  await until(() => containerd.daemons().length === 1, "a daemon's directory");
  killed.kill("SIGKILL");
  await end;
  const next = await containerd.start({ id: "c2" });
  t.deepEqual([next.status, next.stderr], [0, ""]);
  t.is(containerd.daemons().length, 1);
  t.is(await pidBehind(next.address), containerd.pids()[0]);
  t.false(existsSync(join(containerd.runtimeDir, "starting.default")));
});

test.serial("launcher – the next one starts – launcher and Node killed", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const killed = containerd.spawnStart({ id: "c1", env: { STUB_SERVE_DELAY_MS: "60000" } });
  const end = finish(killed);
  await until(() => containerd.pids().length === 1, "a daemon's directory");
  process.kill(containerd.pids()[0] ?? 0, "SIGKILL");
  killed.kill("SIGKILL");
  await end;
  const next = await containerd.start({ id: "c2" });
  t.deepEqual([next.status, next.stderr], [0, ""]);
});
