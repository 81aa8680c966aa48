import {
  chmodSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  realpathSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { listChildren } from "../../src/native/proc.ts";
import { ended, output, readAll, spawnShell } from "../_support/child.ts";
import { eachBackend } from "../_support/each-backend.ts";
import { openFiles } from "../_support/open-files.ts";
import { TempDir } from "../_support/temp-dir.ts";

eachBackend("spawn – passes arguments and environment unchanged", async (t, libc) => {
  const args = ["-c", 'printf "<%s>" "$@"; echo; env', "sh", "", "a b", "日本\n", "$HOME '\""];
  const { text } = await output(libc, ["/bin/sh", ...args], ["A=1", "B=x=y", "C="]);
  t.true(text.startsWith("<><a b><日本\n><$HOME '\">"));
  t.deepEqual(text.match(/^[ABC]=.*$/gm)?.sort(), ["A=1", "B=x=y", "C="]);
});

eachBackend("spawn – runs with many arguments – 5,000 of them", async (t, libc) => {
  const args = Array.from({ length: 5000 }, (_, index) => `argument-${index}`);
  const { text } = await output(libc, ["/bin/sh", "-c", "for last; do :; done; echo $# $last", "sh", ...args]);
  t.is(text, "5000 argument-4999\n");
});

eachBackend("spawn – refuses an argument with a NUL byte", (t, libc) => {
  t.throws(() => libc.spawn("/bin/true", ["a\0b"], [], { dup2: [] }), { code: "EINVAL" });
});

eachBackend("spawn – leads a process group of its own in the same session", async (t, libc) => {
  const { pid, text } = await output(libc, ["/bin/cat", "/proc/self/stat"]);
  const [, , group, session] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  t.is(Number(group), pid);
  t.not(Number(session), pid);
});

eachBackend("spawn – gives an empty signal mask and default dispositions – Node ignores SIGPIPE", async (t, libc) => {
  t.not(statusField(readFileSync("/proc/self/status", "utf8"), "SigIgn"), 0n);
  const { text } = await output(libc, ["/bin/cat", "/proc/self/status"]);
  t.is(statusField(text, "SigBlk"), 0n);
  t.is(statusField(text, "SigIgn"), 0n);
});

eachBackend("spawn – passes no other descriptor – the standard streams are /dev/null", async (t, libc) => {
  const { text } = await output(libc, ["/bin/sh", "-c", "readlink /proc/$$/fd/0 /proc/$$/fd/2; ls /proc/$$/fd"]);
  t.deepEqual(text.trim().split("\n"), ["/dev/null", "/dev/null", "0", "1", "2"]);
});

eachBackend("spawn – passes no other descriptor – this process inherited one without FD_CLOEXEC", async (t, libc) => {
  const script = `
    const { openLibc } = await import(${JSON.stringify(import.meta.resolve("../../src/native/open-libc.ts"))});
    const libc = await openLibc({ backend: "${libc.backend}" });
    const list = ["/bin/sh", ["sh", "-c", "ls /proc/$$/fd"], []];
    const pid = libc.spawn(...list, { dup2: [[1, 1]] });
    while (libc.waitPid(pid) === undefined);`;
  const [inherited, stdout] = [libc.memfd("inherited"), libc.memfd("stdout")];
  const argv = ["node", "--input-type=module", "-e", script];
  const dup2 = [
    [inherited, 20],
    [stdout, 1],
  ] as const;
  const pid = libc.spawn(process.execPath, argv, [], { dup2 });
  t.is((await ended(libc, pid)).exitStatus, 0);
  t.deepEqual(readAll(stdout).split("\n"), ["0", "1", "2", ""]);
  for (const fd of [inherited, stdout]) closeSync(fd);
});

eachBackend("spawn – exchanges descriptors – sources are targets as well", async (t, libc) => {
  const [a, b] = [libc.memfd("a"), libc.memfd("b")];
  const dup2 = [
    [a, b],
    [b, a],
    [a, 1],
  ] as const;
  const script = `printf to-1; printf to-a >>/proc/self/fd/${a}; printf to-b >>/proc/self/fd/${b}`;
  const pid = libc.spawn("/bin/sh", ["sh", "-c", script], [], { dup2 });
  t.is((await ended(libc, pid)).exitStatus, 0);
  t.deepEqual([readAll(a), readAll(b)], ["to-1to-b", "to-a"]);
  for (const fd of [a, b]) closeSync(fd);
});

eachBackend("spawn – inherits a descriptor under its own number – from equals to", async (t, libc) => {
  const fd = libc.memfd("same");
  const pid = libc.spawn("/bin/sh", ["sh", "-c", `printf hello >>/proc/self/fd/${fd}`], [], { dup2: [[fd, fd]] });
  t.is((await ended(libc, pid)).exitStatus, 0);
  t.is(readAll(fd), "hello");
  closeSync(fd);
});

eachBackend("spawn – starts in the given directory", async (t, libc) => {
  using dir = new TempDir();
  const fd = libc.memfd("pwd");
  await ended(libc, libc.spawn("/bin/pwd", ["pwd", "-P"], [], { dup2: [[fd, 1]], cwd: dir.path }));
  t.is(readAll(fd), `${realpathSync(dir.path)}\n`);
  closeSync(fd);
});

eachBackend("spawn – throws at once – the program cannot be executed", (t, libc) => {
  using dir = new TempDir();
  writeFileSync(dir.join("plain"), "text");
  writeFileSync(dir.join("garbage"), "\x00\x01\x02");
  chmodSync(dir.join("garbage"), 0o755);
  const before = [openFiles(), listChildren()];
  const spawn = (path: string, cwd?: string): number =>
    libc.spawn(path, [path], [], {
      dup2: [
        [1, 2],
        [2, 1],
      ],
      openFilesSoftLimit: 256,
      ...(cwd && { cwd }),
    });
  const limit = libc.openFilesLimit();
  t.throws(() => spawn(dir.join("missing")), { code: "ENOENT", message: `posix_spawn ${dir.join("missing")}: ENOENT` });
  t.throws(() => spawn(dir.join("plain")), { code: "EACCES" });
  t.throws(() => spawn(dir.join("garbage")), { code: "ENOEXEC" });
  t.throws(() => spawn(dir.join("plain", "below")), { code: "ENOTDIR" });
  t.throws(() => spawn("/bin/true", dir.join("missing")), { code: "ENOENT" });
  t.throws(() => libc.spawn("/bin/true", ["true"], [], { dup2: [[99_999, 1]] }), { code: "EBADF" });
  t.deepEqual([openFiles(), listChildren()], before);
  t.deepEqual(libc.openFilesLimit(), limit);
});

eachBackend("spawn – lowers the soft limit of open files for the child alone", async (t, libc) => {
  const before = libc.openFilesLimit();
  const fd = libc.memfd("limit");
  const script = "ulimit -Sn; ulimit -Hn";
  const high = openSync("/dev/null", constants.O_RDONLY);
  await ended(
    libc,
    libc.spawn("/bin/sh", ["sh", "-c", script], [], {
      dup2: [
        [fd, 1],
        [high, 0],
      ],
      openFilesSoftLimit: 123,
    }),
  );
  t.deepEqual(readAll(fd).split("\n"), ["123", Number.isFinite(before.hard) ? `${before.hard}` : "unlimited", ""]);
  t.deepEqual(libc.openFilesLimit(), before);
  for (const open of [fd, high]) closeSync(open);
});

eachBackend("spawn – lowers the limit below the numbers in use – 300 open files", async (t, libc) => {
  const many = Array.from({ length: 300 }, () => openSync("/dev/null", constants.O_RDONLY));
  const fd = libc.memfd("limit");
  const dup2 = [
    [fd, 1],
    [many[299] ?? -1, 3],
    [3, 4],
  ] as const;
  const pid = libc.spawn("/bin/sh", ["sh", "-c", "ulimit -n"], [], { dup2, openFilesSoftLimit: 64 });
  t.is((await ended(libc, pid)).exitStatus, 0);
  t.is(readAll(fd), "64\n");
  for (const open of [...many, fd]) closeSync(open);
});

eachBackend("spawn – leaks no descriptor – a hundred times", async (t, libc) => {
  const file = libc.memfd("file");
  writeSync(file, "x");
  const before = openFiles();
  for (let count = 0; count < 100; count += 1) {
    const dup2 = [
      [file, 0],
      [1, 2],
      [2, 1],
    ] as const;
    await ended(libc, libc.spawn("/bin/true", ["true"], [], { dup2 }));
  }
  t.deepEqual(openFiles(), before);
  closeSync(file);
});

eachBackend("spawn – survives garbage collection – memory is under pressure", async (t, libc) => {
  const text = "y".repeat(100_000);
  const pids = Array.from({ length: 50 }, (_, index) => {
    Buffer.alloc(1 << 20, index);
    return spawnShell(libc, `x=${text}; test \${#x} = ${text.length} && exit ${index}`);
  });
  for (const [index, pid] of pids.entries()) t.is((await ended(libc, pid)).exitStatus, index);
});

const statusField = (status: string, name: string): bigint =>
  BigInt(`0x${new RegExp(`^${name}:\\s*(\\w+)$`, "m").exec(status)?.[1]}`);
