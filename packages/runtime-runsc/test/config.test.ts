import { Code, defaultOptions, StatusError } from "@dunnage/core";
import test from "ava";
import * as v from "valibot";
import { runscConfigSchema } from "../src/config.ts";
import { flagArgs } from "../src/flags.ts";
import { flagsOf, readRunscToml } from "../src/toml-options.ts";

test("configuration – keys become flags – the map has the last word", (t) => {
  const parse = (table: unknown) => v.parse(runscConfigSchema, table);
  t.deepEqual(parse({}), {});
  const runsc_config = { platform: "kvm", "oci-seccomp": true, "num-network-channels": 2 };
  t.deepEqual(parse({ platform: "ptrace", network: "none", runsc_config }), {
    platform: "kvm",
    network: "none",
    "oci-seccomp": "true",
    "num-network-channels": "2",
  });
});

const wrong: readonly [table: object, path: string, message: string][] = [
  [{ platfrom: "kvm" }, "platfrom", "is unknown; did you mean `platform`?"],
  [{ platform: "xen" }, "platform", 'must be "systrap", "ptrace" or "kvm"'],
  [{ network: 1 }, "network", 'must be "sandbox", "host" or "none"'],
  [{ runsc_config: 1 }, "runsc_config", "must be a table"],
  [{ runsc_config: { root: "/x" } }, "runsc_config.root", "is the shim's to set"],
  [{ runsc_config: { "--debug": true } }, "runsc_config.--debug", "is no name of a flag"],
  [{ runsc_config: { debug: [] } }, "runsc_config.debug", "must be a text, a number, or true or false"],
];
for (const [table, path, message] of wrong) {
  test(`configuration – refuses – ${JSON.stringify(table)}`, (t) => {
    const { issues = [] } = v.safeParse(runscConfigSchema, table);
    t.deepEqual(
      issues.map((issue) => [v.getDotPath(issue), issue.message]),
      [[path, message]],
    );
  });
}

test("runsc.toml – gVisor's keys – become options", (t) => {
  const table = {
    binary_name: "/opt/runsc",
    root: "/run/x",
    shim_cgroup: "/shim",
    io_uid: 7,
    log_path: "/var/log/shim.log",
    log_level: "debug",
    grouping: true,
    runsc_config: { platform: "systrap", debug: "true" },
  };
  const options = readRunscToml(table, "options");
  t.deepEqual(options, {
    binaryName: "/opt/runsc",
    root: "/run/x",
    shimCgroup: "/shim",
    ioUid: 7,
    own: { platform: "systrap", debug: "true" },
  });
  t.deepEqual(flagsOf({ ...defaultOptions, ...options }), { platform: "systrap", debug: "true" });
});

test("runsc.toml – an unknown key – is refused by its name", (t) => {
  const read = () => readRunscToml({ runsc_confg: {}, root: 1 }, "options file /etc/containerd/runsc.toml");
  const message =
    "options file /etc/containerd/runsc.toml: root must be a text; runsc_confg is unknown; did you mean `runsc_config`?";
  t.is(t.throws(read, { instanceOf: StatusError, code: Code.InvalidArgument })?.message, message);
});

test("flagArgs – one word for each – %ID% is the container's", (t) => {
  t.deepEqual(flagArgs({ platform: "kvm", "debug-log": "/x/%ID%/%ID%.log" }, "c"), [
    "--platform=kvm",
    "--debug-log=/x/c/c.log",
  ]);
});
