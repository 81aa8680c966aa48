import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { toOciProcess, toOciSpec } from "./_support/bundle.ts";
import { Containerd, defaultConfig } from "./_support/containerd.ts";
import { DirectShim, sharedRootfs } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { findCgroups, isAlive, readFds, readMounts, readProcesses } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { refusal } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

const InvalidArgument = 3;
const Unimplemented = 12;
const Unknown = 2;

// containerd's own shim answers Unknown to most of these. It accepts a regular file for stdin and a logger that exits
// at once, waits forever for a logger that never becomes ready, and crashes if file:// is used without stderr.
const beyondReference = isReference ? test.serial.skip : test.serial;

let containerd: Containerd;
let bystander: DirectShim;
test.before(async () => {
  containerd = await Containerd.start({ config: `${defaultConfig}[stdio]\nlogger_ready_timeout = "500ms"\n` });
  bystander = await DirectShim.start(containerd, "bystander");
  const path = (name: string): string => join(containerd.dir, name);
  writeFileSync(path("file"), "not a FIFO\n");
  mkdirSync(path("dir"));
  execFileSync("mkfifo", [path("fifo")]);
  writeFileSync(path("ends"), "#!/bin/sh\nexit 9\n", { mode: 0o755 });
  writeFileSync(path("never-ready"), "#!/bin/sh\nsleep 100000\n", { mode: 0o755 });
  await bystander.create();
  await bystander.client.start({ id: bystander.id });
});
test.after.always(async () => {
  await bystander[Symbol.asyncDispose]();
  await containerd[Symbol.asyncDispose]();
});

type Fields = Partial<Record<"stdin" | "stdout" | "stderr", string>>;

/**
 * Invalid streams and the expected errors. DIR is replaced with a directory that holds `file`, `dir`, `fifo` and two
 * programs.
 */
const cases: readonly (readonly [title: string, fields: Fields, code: number, message: string])[] = [
  [
    "stdout does not exist",
    { stdout: "DIR/none" },
    InvalidArgument,
    "opening stdout DIR/none failed: no such file or directory",
  ],
  [
    "stderr does not exist",
    { stdout: "DIR/fifo", stderr: "DIR/none" },
    InvalidArgument,
    "opening stderr DIR/none failed: no such file or directory",
  ],
  [
    "stdin does not exist",
    { stdin: "DIR/none", stdout: "DIR/fifo" },
    InvalidArgument,
    "opening stdin DIR/none failed: no such file or directory",
  ],
  ["stdin is a file", { stdin: "DIR/file" }, InvalidArgument, "opening stdin DIR/file failed: not a FIFO"],
  ["stdin is a directory", { stdin: "DIR/dir" }, InvalidArgument, "opening stdin DIR/dir failed: not a FIFO"],
  ["stdout is a directory", { stdout: "DIR/dir" }, InvalidArgument, "opening stdout DIR/dir failed: is a directory"],
  ["below a file", { stdout: "DIR/file/x" }, InvalidArgument, "opening stdout DIR/file/x failed: not a directory"],
  ["a path of 5,000 characters", { stdout: `DIR/${"x".repeat(5000)}` }, InvalidArgument, "file name too long"],
  ["a NUL byte", { stdout: "DIR/fi\0fo" }, InvalidArgument, "failed: a NUL byte in the path"],
  ["an unknown scheme", { stdout: "npipe:////./pipe/x" }, Unimplemented, "unknown STDIO scheme npipe"],
  [
    "streaming of the CRI",
    { stdout: "ttrpc+unix:///run/s?streaming_id=1" },
    Unimplemented,
    "unknown STDIO scheme ttrpc+unix",
  ],
  ["stdin with a scheme", { stdin: "file://DIR/file" }, Unimplemented, "unknown STDIO scheme file"],
  ["a file on another host", { stdout: "file://host/log" }, InvalidArgument, "malformed stdio URI file://host/log"],
  ["half an escape", { stdout: "file:///log%" }, InvalidArgument, "malformed stdio URI file:///log%"],
  [
    "a file below a file",
    { stdout: "file://DIR/file/log" },
    InvalidArgument,
    "opening stdout DIR/file/log failed: not a directory",
  ],
  [
    "a file that is a directory",
    { stdout: "file://DIR/dir" },
    InvalidArgument,
    "opening stdout DIR/dir failed: is a directory",
  ],
  ["a logger without a path", { stdout: "binary://" }, InvalidArgument, "malformed stdio URI binary://"],
  [
    "no logger there",
    { stdout: "binary://DIR/none" },
    InvalidArgument,
    "failed to start binary process: DIR/none: not an executable file (ENOENT)",
  ],
  [
    "a logger that is not executable",
    { stdout: "binary://DIR/file" },
    InvalidArgument,
    "failed to start binary process: DIR/file: not an executable file (EACCES)",
  ],
  [
    "a logger that ends at once",
    { stdout: "binary://DIR/ends" },
    Unknown,
    "logging binary DIR/ends ended before it was ready: exit status 9",
  ],
  [
    "a logger that is never ready",
    { stdout: "binary://DIR/never-ready" },
    Unknown,
    "logging binary DIR/never-ready was not ready within 500 ms",
  ],
];

const replaceDir = (text: string): string => text.replaceAll("DIR", containerd.dir);
const toFields = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, replaceDir(text)]));

/** Returns the open streams that a failed call could have leaked: all but sockets and the daemon's own descriptors. */
function openStreams(pid: number): readonly string[] {
  const isStream = (target: string): boolean => target.startsWith("pipe:") || target.startsWith(containerd.dir);
  return [...readFds(pid).values()].filter(isStream).sort();
}

const loggersOf = (): readonly number[] =>
  readProcesses()
    .filter(({ argv, pid }) => argv.some((word) => word.startsWith(`${containerd.dir}/never-ready`)) && isAlive(pid))
    .map(({ pid }) => pid);

for (const [title, fields, code, message] of cases) {
  beyondReference(`Create – ${title} – is refused, nothing is left, the neighbour lives`, async (t) => {
    const { client } = bystander;
    const { shim_pid } = await client.connect({ id: bystander.id });
    await using shim = await DirectShim.start(containerd, "refused");
    const before = openStreams(shim_pid);
    const refused = await refusal(shim.create(toFields(fields)));
    t.is(refused?.code, code, refused?.message);
    t.true(refused?.message.includes(replaceDir(message)), refused?.message);
    t.is((await refusal(shim.client.state({ id: shim.id })))?.code, 5);
    await until(() => String(openStreams(shim_pid)) === String(before), "no stream is left open");
    t.deepEqual(loggersOf(), []);
    t.deepEqual(findCgroups(`${containerd.namespace}/refused`), []);
    t.deepEqual(readMounts(`${shim.bundle}/`), []);
    t.is((await client.state({ id: bystander.id })).status, 2);
    await shim.create(); // the same id, with valid streams
  });

  beyondReference(`Start of an exec – ${title} – is refused, the container and another exec live`, async (t) => {
    const { client, id } = bystander;
    const { shim_pid } = await client.connect({ id });
    const before = openStreams(shim_pid);
    const spec = { value: Buffer.from(JSON.stringify(toOciProcess(["/bin/true"]))) };
    const exec_id = `refused-${cases.findIndex((each) => each[0] === title)}`;
    const added = await refusal(client.exec({ id, exec_id, spec, ...toFields(fields) }));
    const refused = added ?? (await refusal(client.start({ id, exec_id })));
    t.is(refused?.code, code, refused?.message);
    t.true(refused?.message.includes(replaceDir(message)), refused?.message);
    await refusal(client.delete({ id, exec_id }));
    await until(() => String(openStreams(shim_pid)) === String(before), "no stream is left open");
    t.deepEqual(loggersOf(), []);
    await client.exec({ id, exec_id, spec });
    await client.start({ id, exec_id });
    t.is((await client.wait({ id, exec_id })).exit_status, 0);
    await client.delete({ id, exec_id });
    t.is((await client.state({ id })).status, 2);
  });
}

test.serial("Create – stdout and stderr are a plain file – are appended to it", async (t) => {
  const spec = toOciSpec(["/bin/sh", "-c", "echo out; echo err >&2"], { root: sharedRootfs(containerd) });
  await using shim = await DirectShim.start(containerd, "plain-file", { spec });
  const path = join(containerd.dir, "plain");
  writeFileSync(path, "before\n");
  await shim.create({ stdout: path, stderr: path });
  await shim.client.start({ id: shim.id });
  t.is((await shim.client.wait({ id: shim.id })).exit_status, 0);
  await shim.client.delete({ id: shim.id });
  const text = execFileSync("sort", [path], { encoding: "utf8" });
  t.is(text, "before\nerr\nout\n");
});

beyondReference("Create – the client has removed its FIFOs again – the container runs, Delete returns", async (t) => {
  const spec = toOciSpec(["/bin/sh", "-c", "echo out; echo err >&2; exit 4"], { root: sharedRootfs(containerd) });
  await using shim = await DirectShim.start(containerd, "closed", { spec });
  const fifos = ["in", "out", "err"].map((name) => join(containerd.dir, `closed-${name}`));
  execFileSync("mkfifo", fifos);
  const [stdin = "", stdout = "", stderr = ""] = fifos;
  await shim.create({ stdin, stdout, stderr });
  for (const path of fifos) rmSync(path);
  await shim.client.start({ id: shim.id });
  t.is((await shim.client.wait({ id: shim.id })).exit_status, 4);
  t.is((await shim.client.delete({ id: shim.id })).exit_status, 4);
});
