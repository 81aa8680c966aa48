import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { wire } from "../../../src/proto/gen/wire.js";
import { defaultPath } from "../../../src/reaper/child-environment.ts";
import { Distribution, type Shell } from "../../_support/distribution.ts";
import {
  type Dialect,
  FakeContainerd,
  type Invocation,
  readText,
  runcOptions,
} from "../../_support/fake-containerd.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { warm } from "../../_support/warm.ts";

const shells: readonly Shell[] = ["dash", "busybox"];
const someOptions = runcOptions({ root: "/run/somewhere", systemd_cgroup: true });

const claim = (containerd: FakeContainerd, id: string) => join(containerd.daemons()[0] ?? "", "claims", id);

for (const shell of shells) {
  for (const dialect of ["1.6", "1.7", "2.3"] as Dialect[]) {
    test.serial(`${shell} – answers from the group, verbatim, without Node – as ${dialect} calls`, async (t) => {
      await using scene = await warm(shell, { dialect });
      const { containerd, cold, distribution } = scene;
      const nodes = distribution.nodes;
      const outcome = await containerd.start({ id: "second", dialect, runtime: "crun" });
      // 2.3 sends parameters. They are remembered separately for each runtime, so the first start of another runtime
      // goes to Node.
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
    t.is(
      await nodesFor("nul-again", { options: wire.Any.encode({ type_url: "x", value: Buffer.from([0]) }).finish() }),
      1,
    );
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
    PATH: defaultPath,
    GOMAXPROCS: "2",
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
