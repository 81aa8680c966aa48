import { chmodSync, chownSync, lstatSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { parse } from "smol-toml";
import { tableAt } from "../../src/containerd/toml-file.ts";
import { MadeUpHost } from "../_support/made-up-host.ts";

const cri = "io.containerd.grpc.v1.cri";
const main = "etc/containerd/config.toml";
const runtimesOf = (host: MadeUpHost, plugin: string): string[] =>
  Object.keys(tableAt(parse(host.read(main)), ["plugins", plugin, "containerd", "runtimes"]) ?? {});
const launcher = (name: string): string => `containerd-shim-dunnage-${name}-v1`;

test("install – registers what is on the host and links its launcher", async (t) => {
  using host = new MadeUpHost("1.7.24");
  host.write(main, `version = 2\n[plugins."${cri}".containerd.runtimes.runc]\n  runtime_type = "x"\n`);
  const { status, stdout, stderr } = await host.run("install", "--yes");
  t.is(status, 0);
  t.regex(stdout, /^\+\[plugins\."io\.containerd\.grpc\.v1\.cri"\.containerd\.runtimes\.dunnage-runc\]$/m);
  t.regex(stdout, /registered dunnage-runc\nnext: restart containerd/);
  t.regex(stderr, /warning: crun is not on this host/);
  t.deepEqual(host.links(), { [launcher("runc")]: join(host.dir, "opt/bin", launcher("runc")) });
});

test("install – changes nothing – --dry-run, or there is no terminal to ask", async (t) => {
  using host = new MadeUpHost("1.7.24");
  host.write(main, "version = 2\n");
  const dry = await host.run("install", "--dry-run");
  t.is(dry.status, 0);
  t.regex(dry.stdout, /dunnage-runc/);
  const asked = await host.run("install");
  t.is(asked.status, 1);
  t.regex(asked.stderr, /--yes continues without asking/);
  t.is(host.read(main), "version = 2\n");
  t.deepEqual(host.links(), {});
});

for (const [typed, isWanted] of [
  ["y\n", true],
  ["YES\n", true],
  ["n\n", false],
  ["\n", false],
  ["", false],
] as const) {
  test(`install – shows, asks and ${isWanted ? "continues" : "leaves it"} – ${JSON.stringify(typed)}`, async (t) => {
    using host = new MadeUpHost("1.7.24");
    host.write(main, "version = 2\n");
    const { status, stdout, stderr } = await host.runAt(typed, "install");
    t.is(status, isWanted ? 0 : 1);
    t.regex(stdout, /^\+\[plugins/m);
    t.regex(stderr, /Make these changes\? \[y\/N\]/);
    t.is(host.read(main) !== "version = 2\n", isWanted);
  });
}

test("install, uninstall – once more is nothing to do; leave no trace", async (t) => {
  using host = new MadeUpHost("1.6.20", ["runc", "crun"]);
  const text = `version = 2\n[plugins."${cri}"]\n  enable_selinux = true`;
  host.write(main, text);
  chmodSync(host.config, 0o640);
  await host.run("install", "--yes");
  const installed = host.read(main);
  t.regex((await host.run("install", "--yes")).stdout, /^nothing to do/);
  t.is(host.read(main), installed);
  t.is(statSync(host.config).mode & 0o777, 0o640);
  t.is((await host.run("uninstall", "--yes")).status, 0);
  t.is(host.read(main), text);
  t.deepEqual(host.links(), {});
  t.regex((await host.run("uninstall", "--yes")).stdout, /^nothing to do/);
});

test("install, uninstall – a runtime after the other – both go", async (t) => {
  using host = new MadeUpHost("1.7.24");
  host.write(main, "version = 2\n");
  await host.run("install", "--yes", "--runtime", "runc");
  await host.run("install", "--yes", "--runtime", "crun");
  t.deepEqual(runtimesOf(host, cri), ["runc", "dunnage-runc", "dunnage-crun"]);
  await host.run("uninstall", "--yes");
  t.is(host.read(main), "version = 2\n");
});

for (const [version, expected] of [
  ["1.6.20~ds1", { version: 2, plugin: cri, runtimes: ["runc", "dunnage-runc"] }],
  ["1.7.24", { version: 2, plugin: cri, runtimes: ["runc", "dunnage-runc"] }],
  ["v2.1.9", { version: 3, plugin: "io.containerd.cri.v1.runtime", runtimes: ["dunnage-runc"] }],
] as const) {
  test(`install, uninstall – make a file and remove it – containerd ${version} has none`, async (t) => {
    using host = new MadeUpHost(version);
    t.is((await host.run("install", "--yes")).status, 0);
    t.is(parse(host.read(main))["version"], expected.version);
    t.deepEqual(runtimesOf(host, expected.plugin), [...expected.runtimes]);
    await host.run("uninstall", "--yes");
    t.false(host.exists(main));
  });
}

test("install – uses systemd for cgroups – containerd's default runtime does", async (t) => {
  using host = new MadeUpHost("1.7.24");
  const runc = `[plugins."${cri}".containerd.runtimes.runc.options]\n  SystemdCgroup = true\n`;
  const added = async (...args: string[]): Promise<boolean> => {
    host.write(main, `version = 2\n${runc}`);
    await host.run("install", "--yes", ...args);
    return host.read(main).match(/SystemdCgroup = true/g)?.length === 2;
  };
  t.true(await added());
  t.false(await added("--no-systemd-cgroup"));
});

test("install – writes a drop-in of its own – containerd 2 that imports a directory", async (t) => {
  using host = new MadeUpHost("2.1.9");
  host.write("etc/containerd/conf.d/a.toml", "version = 3\n");
  const text = 'version = 3\nimports = ["conf.d/*.toml"]\n';
  host.write(main, text);
  await host.run("install", "--yes");
  t.is(host.read(main), text);
  t.regex(
    host.read("etc/containerd/conf.d/dunnage.toml"),
    /^version = 3\n\[plugins\."io\.containerd\.cri\.v1\.runtime"/m,
  );
  t.regex((await host.run("install", "--yes")).stdout, /^nothing to do/);
  await host.run("uninstall", "--yes");
  t.false(host.exists("etc/containerd/conf.d/dunnage.toml"));
});

test("install – writes to the file whose table counts – containerd 1 with drop-ins", async (t) => {
  using host = new MadeUpHost("1.7.24");
  const table = (name: string): string =>
    `version = 2\n[plugins."${cri}".containerd.runtimes.${name}]\n  runtime_type = "x"\n`;
  host.write(main, `imports = ["${host.dir}/etc/containerd/conf.d/*.toml"]\n${table("runc")}`);
  host.write("etc/containerd/conf.d/a.toml", table("nvidia"));
  host.write("etc/containerd/conf.d/b.toml", "version = 2\n");
  await host.run("install", "--yes");
  t.regex(host.read("etc/containerd/conf.d/a.toml"), /dunnage-runc/);
  t.notRegex(host.read("etc/containerd/conf.d/a.toml"), /runtimes\.runc\]/);
  await host.run("uninstall", "--yes");
  t.is(host.read("etc/containerd/conf.d/a.toml"), table("nvidia"));
});

for (const [version, edited] of [
  ["1.6.20~ds1", "config.toml"],
  ["1.6.33", "conf.d/a.toml"],
  ["1.7.2", "config.toml"],
  ["1.7.24~ds1", "conf.d/a.toml"],
] as const) {
  test(`install – reads a relative pattern as containerd ${version} does: ${edited} counts`, async (t) => {
    using host = new MadeUpHost(version);
    host.write(main, `version = 2\nimports = ["conf.d/*.toml"]\n`);
    host.write("etc/containerd/conf.d/a.toml", `version = 2\n[plugins."${cri}"]\n  enable_selinux = true\n`);
    t.is((await host.run("install", "--yes")).status, 0);
    t.regex(host.read(`etc/containerd/${edited}`), /dunnage-runc/);
  });
}

test("install – keeps owner and link – the file is a link", async (t) => {
  using host = new MadeUpHost("1.7.24");
  const real = host.write("real.toml", "version = 2\n");
  chownSync(real, 12, 34);
  host.write("etc/containerd/other", "");
  symlinkSync(real, host.config);
  await host.run("install", "--yes");
  t.true(lstatSync(host.config).isSymbolicLink());
  t.is(realpathSync(host.config), realpathSync(real));
  t.like(statSync(real), { uid: 12, gid: 34 });
  t.regex(host.read("real.toml"), /dunnage-runc/);
});

test("install – gives a runtime of the configuration a launcher of its own name", async (t) => {
  using host = new MadeUpHost("2.1.9");
  host.write("etc/dunnage/config.toml", '[runtimes.wasi]\nuse = "module:/etc/dunnage/wasi.mjs"\n');
  await host.run("install", "--yes", "--runtime", "wasi");
  t.deepEqual(host.links(), { [launcher("wasi")]: join(host.dir, "opt/bin", launcher("runc")) });
  t.regex(host.read(main), /runtime_type = "io\.containerd\.dunnage-wasi\.v1"/);
  await host.run("uninstall", "--yes");
  t.deepEqual(host.links(), {});
});

/** Makes a configuration with a runtime of a package; returns the directory into which the package belongs. */
function configurePackage(host: MadeUpHost): string {
  host.write(main, "version = 2\n");
  host.write("etc/dunnage/config.toml", '[runtimes.acme]\nuse = "package:@acme/runtime"\n');
  return "etc/dunnage/node_modules/@acme/runtime";
}

test("install – registers the runtimes of plugins – a module and a package that the configuration names", async (t) => {
  using host = new MadeUpHost("1.7.24");
  const dir = configurePackage(host);
  host.write(`${dir}/package.json`, '{ "type": "module", "exports": "./index.js" }');
  host.write(`${dir}/index.js`, "");
  const wasi = '[runtimes.wasi]\nuse = "module:/etc/dunnage/wasi.mjs"\n';
  host.write("etc/dunnage/config.toml", host.read("etc/dunnage/config.toml") + wasi);
  const { status, stderr } = await host.run("install", "--yes");
  t.is(status, 0, stderr);
  t.deepEqual(runtimesOf(host, cri), ["runc", "dunnage-runc", "dunnage-acme", "dunnage-wasi"]);
  t.deepEqual(Object.keys(host.links()), ["acme", "runc", "wasi"].map(launcher));
});

test("install – changes nothing – a package of the configuration is missing", async (t) => {
  using host = new MadeUpHost("1.7.24");
  configurePackage(host);
  const { status, stderr } = await host.run("install", "--yes");
  t.is(status, 1);
  t.regex(stderr, /\[runtimes\.acme\] use = "package:@acme\/runtime": no such package, .*npm install --prefix/);
  t.is(host.read(main), "version = 2\n");
  t.deepEqual(host.links(), {});
});

for (const [why, text, message] of [
  ["version 1", "[plugins.cri]\n", /has version 1 of containerd's configuration: write `version = 2`/],
  ["an unknown version", "version = 9\n", /versions 2 to 4 are known/],
  ["no TOML", "version = \n", /config\.toml:1:\d+: /],
  ["generated", "# File generated by k3s. DO NOT EDIT.\nversion = 2\n", /generated and not to be edited/],
  ["a missing import", 'version = 2\nimports = ["/nonexistent/x.toml"]\n', /x\.toml: imported, but missing/],
  [
    "the handler is taken",
    `version = 2\n[plugins."${cri}".containerd.runtimes.dunnage-runc]\nruntime_type = "x"\n`,
    /config\.toml:2: the handler dunnage-runc is there with runtime_type = "x"/,
  ],
  ["an inline table", "version = 2\nplugins = {}\n", /config\.toml:2: no table can be added/],
] as const) {
  test(`install – refuses and changes nothing – ${why}`, async (t) => {
    using host = new MadeUpHost("1.7.24");
    host.write(main, text);
    const { status, stderr } = await host.run("install", "--yes");
    t.is(status, 1);
    t.regex(stderr, message);
    t.is(host.read(main), text);
    t.deepEqual(host.links(), {});
  });
}

test("install – refuses – something else has the launcher's name", async (t) => {
  using host = new MadeUpHost("1.7.24");
  host.write(`links/${launcher("runc")}`, "#!/bin/sh\n");
  t.regex((await host.run("install", "--yes")).stderr, /exists, and is no link to/);
  t.false(host.exists(main));
});

test("install – refuses, naming those that there are – an unknown runtime", async (t) => {
  using host = new MadeUpHost("1.7.24");
  t.regex(
    (await host.run("install", "--runtime", "rnuc")).stderr,
    /no runtime rnuc here, but runc, crun; did you mean `runc`\?/,
  );
});

test("install – refuses – no OCI runtime is there", async (t) => {
  using host = new MadeUpHost("1.7.24", []);
  t.regex((await host.run("install", "--yes")).stderr, /none of runc, crun is on this host/);
});

test("install – warns – the CRI plugin is switched off", async (t) => {
  using host = new MadeUpHost("1.7.24");
  host.write(main, `version = 2\ndisabled_plugins = ["${cri}"]\n`);
  const { status, stderr } = await host.run("install", "--yes");
  t.is(status, 0);
  t.regex(stderr, /CRI plugin is off/);
});

test("install – prints RuntimeClasses alone – --runtime-class -", async (t) => {
  using host = new MadeUpHost("1.7.24", ["runc", "crun"]);
  const { stdout, stderr } = await host.run("install", "--yes", "--runtime-class", "-");
  const object = (name: string): string =>
    `apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata:\n  name: ${name}\nhandler: ${name}\n`;
  t.is(stdout, `${object("dunnage-runc")}---\n${object("dunnage-crun")}`);
  t.regex(stderr, /registered/);
  const file = join(host.dir, "classes.yaml");
  await host.run("install", "--yes", "--runtime", "runc", "--runtime-class", file);
  t.is(host.read("classes.yaml"), object("dunnage-runc"));
});

test("install – says in JSON what it did", async (t) => {
  using host = new MadeUpHost("1.7.24");
  const result = JSON.parse((await host.run("install", "--yes", "--json", "--runtime-class", "-")).stdout);
  t.like(result, { applied: true, runtimes: ["runc"], handlers: ["dunnage-runc"], restartContainerd: true });
  t.deepEqual(
    result.changes.map(({ kind }: { kind: string }) => kind),
    ["link", "file"],
  );
  t.regex(result.runtimeClasses, /^apiVersion/);
});

test("uninstall – leaves a runtime that it did not write, and says so", async (t) => {
  using host = new MadeUpHost("1.7.24");
  const text = `version = 2\n[plugins."${cri}".containerd.runtimes.mine]\n  runtime_type = "io.containerd.dunnage-runc.v1"\n`;
  host.write(main, text);
  const { status, stderr } = await host.run("uninstall", "--yes");
  t.is(status, 0);
  t.regex(stderr, /has mine, which is not by dunnage install: it stays/);
  t.is(host.read(main), text);
});
