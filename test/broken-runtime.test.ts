/** OCI runtimes that print garbage or die halfway: the error that the client gets, and that nothing is left. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { LauncherLinks } from "./_support/launcher-links.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { findCgroups } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";

checkLeaks(test);

const withConfig = isReference ? test.serial.skip : test.serial;
const runtimeOf = (name: string): string => `io.containerd.dunnage-${name}.v1`;

/**
 * What each script does if it is called to create, to start or to run something else in the container. Otherwise it
 * executes runc.
 */
const scripts: Readonly<Record<string, string>> = {
  "garbage-fails": `case "$*" in *" create "*) head -c 300 /dev/zero | tr '\\0' '\\377'; echo '}{ what now' >&2; exit 1;; esac`,
  "garbage-log": `case "$*" in *" create "*) echo '{"level":' >"$log"; echo "null" >>"$log"; exit 1;; esac`,
  "no-pid": `case "$*" in *" create "*) exit 0;; esac`,
  "garbage-pid": `case "$*" in *" create "*) echo '-1; rm -rf /' >"$pidfile"; exit 0;; esac`,
  "dies-at-once": `case "$*" in *" create "*) kill -9 $$;; esac`,
  "dies-after": `case "$*" in *" create "*) runc "$@"; kill -9 $$;; esac`,
  "dies-in-start": `case "$*" in *" start "*) kill -9 $$;; esac`,
};

const words = `for word in "$@"; do
  case $flag in --log) log=$word;; --pid-file) pidfile=$word;; esac
  flag=$word
done`;

let links: LauncherLinks;
let containerd: Containerd;
test.before(async () => {
  links = await LauncherLinks.make(...Object.keys(scripts).map(runtimeOf));
  const config = (dir: string): string => {
    mkdirSync(join(dir, "bin"));
    const tables = Object.entries(scripts).map(([name, script]) => {
      const binary = join(dir, "bin", name);
      writeFileSync(binary, `#!/bin/sh\n${words}\n${script}\nexec runc "$@"\n`, { mode: 0o755 });
      return `[runtimes.${name}]\nuse = "builtin:runc"\nbinary = "${binary}"\n`;
    });
    return `linger = "1s"\n${tables.join("")}`;
  };
  containerd = await Containerd.start({ config, path: [links.dir] });
});
test.after.always(async () => {
  await containerd[Symbol.asyncDispose]();
  links[Symbol.dispose]();
});

const fails = test.macro(async (t, name: string, reason: RegExp) => {
  const command = ["/bin/echo", "ran"];
  const { status, stdout, stderr } = await containerd.run(name, command, { flags: ["--runtime", runtimeOf(name)] });
  t.is(status, 1);
  t.false(stdout.includes("ran"));
  t.regex(stderr, reason);
  t.true(stderr.length < 2_000, `${stderr.length} characters for a person`);
  t.not((await containerd.task(name))?.status, "RUNNING");
  await containerd.remove(name);
  t.deepEqual(findCgroups(`${containerd.namespace}/${name}`), []);
  t.like(await containerd.run(name, command, { flags: ["--rm"] }), { status: 0, stdout: "ran\n" }); // with runc itself
});

withConfig(
  "runtime – prints bytes that are no text, and fails – ctr reads that it failed",
  fails,
  "garbage-fails",
  /OCI runtime create failed: \S+garbage-fails did not terminate successfully: exit status 1/,
);
withConfig(
  "runtime – fails with a log that is no log – ctr reads that it failed",
  fails,
  "garbage-log",
  /OCI runtime create failed: \S+garbage-log did not terminate successfully: exit status 1/,
);
withConfig(
  "runtime – says that it is done, but has made nothing – ctr reads what is missing",
  fails,
  "no-pid",
  /OCI runtime create failed: the runtime wrote no pid file: ENOENT/,
);
withConfig(
  "runtime – writes no pid into its pid file – ctr reads so",
  fails,
  "garbage-pid",
  /OCI runtime create failed: no pid in \S+init\.pid: "-1; rm -rf/,
);
withConfig(
  "runtime – is killed while it creates – ctr reads by what",
  fails,
  "dies-at-once",
  /OCI runtime create failed: \S+dies-at-once did not terminate successfully: signal: SIGKILL/,
);
withConfig(
  "runtime – is killed when it has created – the container is undone",
  fails,
  "dies-after",
  /OCI runtime create failed: \S+dies-after did not terminate successfully: signal: SIGKILL/,
);
withConfig(
  "runtime – is killed while it starts – ctr reads by what",
  fails,
  "dies-in-start",
  /OCI runtime start failed: \S+dies-in-start did not terminate successfully: signal: SIGKILL/,
);
