import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { openKoffiLibc } from "../../../src/native/open-libc.ts";
import { passedOn } from "../../../src/reaper/child-environment.ts";
import { Distribution, type Shell } from "../../_support/distribution.ts";
import {
  createTask,
  type Dialect,
  FakeContainerd,
  type Invocation,
  probe,
  readText,
} from "../../_support/fake-containerd.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { warm } from "../../_support/warm.ts";

/** What puts a start into another group. */
const strangers: Readonly<Record<string, Invocation>> = {
  "another namespace": { namespace: "other" },
  "another containerd": { address: "/run/other/containerd.sock" },
  "another event service": { ttrpcAddress: "/run/other/containerd.sock.ttrpc" },
  debug: { debug: true },
  "another PATH": { env: { PATH: "/opt/acme/bin:/usr/sbin:/usr/bin:/sbin:/bin" } },
};
for (const [what, invocation] of Object.entries(strangers)) {
  for (const dialect of ["1.7", "2.3"] as Dialect[]) {
    test.serial(
      `launcher – another daemon, which then serves its own kind – ${what}, as ${dialect} calls`,
      async (t) => {
        await using scene = await warm("dash", { dialect });
        const { containerd, cold, distribution } = scene;
        const other = await containerd.start({ dialect, ...invocation });
        t.is(other.stderr, "");
        t.not(other.address, cold.address);
        const nodes = distribution.nodes;
        t.is((await containerd.start({ id: "c2", dialect, ...invocation })).address, other.address);
        t.is((await containerd.start({ id: "c3", dialect })).address, cold.address);
        t.is(distribution.nodes, nodes);
      },
    );
  }
}

test.serial("launcher – another daemon, which passes them on – all variables that children get", async (t) => {
  await using scene = await warm("busybox");
  const { containerd, cold } = scene;
  const values = [...passedOn].map((name) => [name, name === "PATH" ? "/opt/other:/usr/bin:/bin" : `/of/${name}`]);
  const env = Object.fromEntries(values) as Record<string, string>;
  const { address, stderr } = await containerd.start({ id: "c1", env });
  t.is(stderr, "");
  t.not(address, cold.address);
  t.deepEqual((await probe(address))["env"], env);
  // The launcher compares each of these variables.
  const registered = readText(join(address.slice("unix://".length), "../daemon")).split("\n")[6] ?? "";
  t.deepEqual(registered.split(" ").sort(), values.map(([name, value]) => `${name}=${value}`).sort());
});

test.serial(
  "launcher – the same daemon, without Node – the PATH to which containerd's client of NRI has added",
  async (t) => {
    const path = "/usr/sbin:/usr/bin:/sbin:/bin";
    await using scene = await warm("dash", { env: { PATH: path } });
    const { containerd, cold, distribution } = scene;
    const nodes = distribution.nodes;
    t.is((await containerd.start({ id: "c1", env: { PATH: `${path}:/opt/nri/bin` } })).address, cold.address);
    t.is(distribution.nodes, nodes);
  },
);

test.serial("launcher – Node finds the daemon – a variable with a line feed", async (t) => {
  const env = { TZ: "a\nb" };
  await using scene = await warm("dash", { env });
  const { containerd, cold } = scene;
  t.is((await containerd.start({ id: "c1", env })).address, cold.address);
  t.not((await containerd.start({ id: "c2", env: { TZ: "a\nc" } })).address, cold.address);
});

test.serial("launcher – the same daemon – variables that nothing gets", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  const nodes = distribution.nodes;
  const env = { HTTPS_PROXY: "http://proxy", INVOCATION_ID: "1", LC_OTHER: "x" };
  t.is((await containerd.start({ env })).address, cold.address);
  t.is(distribution.nodes, nodes);
});

test.serial("launcher – not the daemon of the others – core scheduling", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold } = scene;
  const outcome = await containerd.start({ env: { SCHED_CORE: "1" } });
  t.not(outcome.address, cold.address);
  // Many kernels and machines do not support core scheduling. The shim must then report an error.
  if (outcome.status !== 0) t.regex(outcome.stderr, /^enable sched core support: prctl: (EINVAL|ENODEV)\n$/);
});

test.serial("launcher – another daemon – new installation", async (t) => {
  await using scene = await warm("dash");
  const { containerd, cold, distribution } = scene;
  distribution.setBuild("build-2");
  t.not((await containerd.start()).address, cold.address);
});

/** Returns the configuration's files of a scene. */
const filesOf = (scene: { readonly containerd: FakeContainerd }) => {
  const main = scene.containerd.configPath;
  return { main, dropIn: join(dirname(main), "conf.d", "50-team.toml"), directory: dirname(main) };
};
type Files = ReturnType<typeof filesOf>;

const original = "cap = 7\n";
const hourMs = 3_600_000;
const setTime = (path: string, time: Date): void => utimesSync(path, time, time);

/** Each change makes a configuration that differs from the previous daemon's. They run in this order. */
const changes: Readonly<Record<string, (files: Files) => void>> = {
  "edited in place, of the same size": ({ main }) => writeFileSync(main, "cap = 8\n"),
  "edited in place, of the same size, then dated two hours back": ({ main }) => {
    writeFileSync(main, "cap = 7\n");
    setTime(main, new Date(Date.now() - 2 * hourMs));
  },
  "replaced by a file of the same size and time": ({ main }) => {
    writeFileSync(`${main}.new`, "cap = 8\n");
    setTime(`${main}.new`, statSync(main).mtime);
    renameSync(`${main}.new`, main);
  },
  "replaced by an older file": ({ main }) => {
    writeFileSync(`${main}.new`, "cap = 9\n");
    setTime(`${main}.new`, new Date(Date.now() - 24 * hourMs));
    renameSync(`${main}.new`, main);
  },
  "a drop-in edited": ({ dropIn }) => writeFileSync(dropIn, "cap = 9\n"),
  "a drop-in more, of an old time": ({ directory }) => {
    writeFileSync(join(directory, "conf.d/60-more.toml"), "cap = 9\n");
    setTime(join(directory, "conf.d/60-more.toml"), new Date(0));
  },
  "a drop-in renamed": ({ dropIn, directory }) => renameSync(dropIn, join(directory, "conf.d/51-team.toml")),
  "a drop-in gone": ({ directory }) => rmSync(join(directory, "conf.d/51-team.toml")),
  removed: ({ main }) => rmSync(main),
};

const noChanges: Readonly<Record<string, (files: Files) => void>> = {
  nothing: () => {},
  "an editor's files next to it": ({ directory }) => {
    for (const name of [
      ".config.toml.swp",
      "4913",
      "config.toml~",
      "conf.d/.50-team.toml.swp",
      "conf.d/50-team.toml~",
    ]) {
      writeFileSync(join(directory, name), "");
    }
  },
  "packages of plugins installed": ({ directory }) => mkdirSync(join(directory, "node_modules/p"), { recursive: true }),
  "its directories dated ahead": ({ directory }) => {
    for (const path of [directory, join(directory, "conf.d")]) setTime(path, new Date(Date.now() + hourMs));
  },
};

/**
 * Sets up a warm scene. Its configuration was written long ago, or in an hour from now, as if the clock had been set
 * back since.
 */
async function configured(shell: Shell, aheadMs: number) {
  const distribution = new Distribution({ shell });
  const containerd = await FakeContainerd.start(distribution, original);
  const files = filesOf({ containerd });
  mkdirSync(dirname(files.dropIn));
  writeFileSync(files.dropIn, original);
  const then = new Date(Date.now() + aheadMs);
  for (const path of [files.dropIn, files.main, dirname(files.dropIn), files.directory]) setTime(path, then);
  const cold = await containerd.start({ id: "first" });
  return {
    distribution,
    containerd,
    files,
    cold,
    async [Symbol.asyncDispose]() {
      await containerd[Symbol.asyncDispose]();
      distribution[Symbol.dispose]();
    },
  };
}

for (const [shell, when, aheadMs] of [
  ["dash", "in an hour, by the clock", hourMs],
  ["busybox", "an hour ago", -hourMs],
] as const) {
  test.serial(`${shell} – the same daemon without Node – configuration written ${when}, as it was`, async (t) => {
    await using scene = await configured(shell, aheadMs);
    const { containerd, distribution, cold, files } = scene;
    for (const [index, [what, happen]] of Object.entries(noChanges).entries()) {
      happen(files);
      const nodes = distribution.nodes;
      const { address } = await containerd.start({ id: `c${index}` });
      t.deepEqual([address, distribution.nodes], [cold.address, nodes], what);
    }
  });

  test.serial(`${shell} – another daemon, then that one – configuration written ${when}, and changed`, async (t) => {
    await using scene = await configured(shell, aheadMs);
    const { containerd, distribution, cold, files } = scene;
    const seen = new Set([cold.address]);
    for (const [index, [what, change]] of Object.entries(changes).entries()) {
      change(files);
      const { address, stderr } = await containerd.start({ id: `a${index}` });
      t.is(stderr, "");
      t.false(seen.has(address), what);
      seen.add(address);
      const nodes = distribution.nodes;
      t.is((await containerd.start({ id: `b${index}` })).address, address, what);
      t.is(distribution.nodes, nodes, what);
    }
  });
}

test.serial("launcher – another daemon – configuration edited in place, with its size and time restored", async (t) => {
  await using scene = await configured("dash", -hourMs);
  const { containerd, cold, files } = scene;
  const { mtimeNs } = statSync(files.main, { bigint: true });
  writeFileSync(files.main, "cap = 8\n");
  const fd = openSync(files.main, "r+");
  openKoffiLibc().setModificationTime(fd, mtimeNs);
  closeSync(fd);
  t.is(statSync(files.main, { bigint: true }).mtimeNs, mtimeNs);
  await createTask(cold.address, "first"); // only the ctime differs; the daemon notices it
  t.not((await containerd.start({ id: "c1" })).address, cold.address);
});

test.serial("launcher – another daemon – configuration elsewhere", async (t) => {
  await using scene = await configured("dash", -hourMs);
  const { containerd, cold, files } = scene;
  const other = `${files.main}.other.toml`;
  copyFileSync(files.main, other);
  t.not((await containerd.start({ id: "c1", env: { DUNNAGE_CONFIG: other } })).address, cold.address);
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
