import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { audited, readAudit } from "./_support/audit.ts";
import type { Containerd } from "./_support/containerd.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { shareContainerd } from "./_support/shared-containerd.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

const configured = shareContainerd(test);

const withHooks = isReference ? test.serial.skip : test.serial;

const example = (name: string): string => join(import.meta.dirname, "../examples", name, "index.ts");

/** Returns a containerd whose shims have two example plugins; one writes into the file `record` in its directory. */
function startWithPlugin(): Containerd {
  const config = (dir: string) => `${audited(dir)}
[[plugin]]
name = "policy"
use = "module:${example("hook-prestart-policy")}"
[plugin.config]
deny_programs = ["nc"]
deny_annotations = { "example.com/forbidden" = "yes" }
record = "${join(dir, "record")}"
[[plugin]]
name = "no-shell"
use = "module:${example("hook-no-shell")}"
`;
  return configured(config);
}

interface Line {
  readonly eventId: string;
  readonly id: string;
  readonly exitStatus: number;
  readonly replay: boolean;
}

function readRecord({ dir }: Containerd): readonly Line[] {
  const file = join(dir, "record");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Line);
}

withHooks("preStart – a denial – reaches ctr with its reason, the program never runs, nothing is left", async (t) => {
  const containerd = startWithPlugin();
  const byProgram = await containerd.run("by-program", ["/bin/nc", "-h"]);
  t.is(byProgram.status, 1);
  t.regex(byProgram.stderr, /program nc is not allowed here/);
  t.is(byProgram.stdout, "");
  const flags = ["--annotation", "example.com/forbidden=yes"];
  const byAnnotation = await containerd.run("by-annotation", ["/bin/echo", "ran"], { flags });
  t.is(byAnnotation.status, 1);
  t.regex(byAnnotation.stderr, /annotation example\.com\/forbidden=yes/);
  t.is(byAnnotation.stdout, "");
  for (const id of ["by-program", "by-annotation"]) t.not((await containerd.task(id))?.status, "RUNNING");
  t.like(await containerd.run("allowed", ["/bin/echo", "ran"], { flags: ["--rm"] }), { status: 0, stdout: "ran\n" });
});

withHooks("postStop – containers that end – each leaves one line with its exit status", async (t) => {
  const containerd = startWithPlugin();
  for (const code of [0, 3]) {
    const command = ["/bin/sh", "-c", `exit ${code}`];
    t.like(await containerd.run(`ends-${code}`, command, { flags: ["--rm"] }), { status: code });
  }
  const lines = readRecord(containerd)
    .filter(({ id }) => id.startsWith("ends-"))
    .map(({ id, exitStatus, replay }) => ({ id, exitStatus, replay }));
  t.deepEqual(lines, [
    { id: "ends-0", exitStatus: 0, replay: false },
    { id: "ends-3", exitStatus: 3, replay: false },
  ]);
});

withHooks("preExec – a shell – is denied; postStop – the daemon is killed – is run by `delete`", async (t) => {
  const containerd = startWithPlugin();
  await containerd.runDetached("survivor", ["/bin/sleep", "1000"]);
  const shell = await containerd.exec("survivor", "shell", ["/bin/sh"]);
  t.like(shell, { status: 1, stdout: "" });
  t.regex(shell.stderr, /dunnage: denied by no-shell at preExec: sh is not allowed here \[id=\w{26}\]/);
  using client = await connectShim(containerd, "survivor");
  const { shim_pid } = await client.connect({ id: "survivor" });
  process.kill(shim_pid, "SIGKILL");
  const line = await until(() => readRecord(containerd).find(({ id }) => id === "survivor"), "its line is written");
  t.is(line.exitStatus, 137);
  t.is(typeof line.eventId, "string");
  await until(() => !existsSync(containerd.bundle("survivor")), "containerd has cleaned up");
  const replayed = readAudit(containerd).filter(({ container, replay }) => container === "survivor" && replay);
  t.deepEqual(
    replayed.map(({ stage }) => stage),
    ["postStop"],
    "`delete` has written its line before it ended",
  );
  await containerd.ctrOk("container", "delete", "survivor");
});

withHooks("plugin – its file is missing – ctr reads which file, no container is left", async (t) => {
  const config = 'linger = "1s"\n[[plugin]]\nname = "gone"\nuse = "module:/does/not/exist.ts"\n';
  const containerd = configured(config);
  const result = await containerd.run("no-plugin", ["/bin/true"]);
  t.is(result.status, 1);
  t.regex(result.stderr, /\/does\/not\/exist\.ts/);
  t.is(await containerd.task("no-plugin"), undefined);
});
