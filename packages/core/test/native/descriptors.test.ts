import { once } from "node:events";
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { eachBackend } from "../_support/each-backend.ts";
import { openFiles, openFlags } from "../_support/open-files.ts";
import { TempDir } from "../_support/temp-dir.ts";

const O_CLOEXEC = 0o2_000_000;
const O_ACCMODE = 3;
const close = (...fds: number[]): void => {
  for (const fd of fds) closeSync(fd);
};
const read = (fd: number): string => {
  const buffer = Buffer.alloc(64);
  return buffer.toString("utf8", 0, readSync(fd, buffer));
};

eachBackend("pipe – opens two ends with O_CLOEXEC – with further flags", (t, libc) => {
  const [reader, writer] = libc.pipe();
  t.is(openFlags(reader) & O_CLOEXEC, O_CLOEXEC);
  t.is(openFlags(writer) & (O_CLOEXEC | O_ACCMODE), O_CLOEXEC | constants.O_WRONLY);
  writeSync(writer, "hello");
  t.is(libc.bytesReadable(reader), 5);
  t.is(read(reader), "hello");
  t.is(libc.bytesReadable(reader), 0);
  const [calm, other] = libc.pipe(constants.O_NONBLOCK);
  t.throws(() => read(calm), { code: "EAGAIN" });
  close(reader, writer, calm, other);
});

eachBackend(
  "isHungUp – true when the last write end is closed – bytes may still wait, also through another descriptor",
  (t, libc) => {
    const [reader, writer] = libc.pipe();
    const again = openSync(`/proc/self/fd/${reader}`, constants.O_RDONLY | constants.O_NONBLOCK);
    const second = libc.duplicate(writer);
    writeSync(writer, "hello");
    close(writer);
    t.false(libc.isHungUp(reader));
    t.false(libc.isHungUp(again));
    close(second);
    t.true(libc.isHungUp(reader));
    t.true(libc.isHungUp(again));
    t.is(read(reader), "hello");
    t.true(libc.isHungUp(reader));
    close(reader, again);
  },
);

eachBackend("eventfd – opens a counter with O_CLOEXEC and O_NONBLOCK", (t, libc) => {
  const fd = libc.eventfd();
  t.is(openFlags(fd) & O_CLOEXEC, O_CLOEXEC);
  const count = Buffer.alloc(8);
  t.throws(() => readSync(fd, count), { code: "EAGAIN" });
  count.writeBigUInt64LE(3n);
  writeSync(fd, count);
  writeSync(fd, count);
  readSync(fd, count);
  t.is(count.readBigUInt64LE(), 6n);
  closeSync(fd);
});

eachBackend("memfd – opens an empty file with O_CLOEXEC", (t, libc) => {
  const fd = libc.memfd("name");
  t.is(fstatSync(fd).size, 0);
  t.is(openFlags(fd) & O_CLOEXEC, O_CLOEXEC);
  closeSync(fd);
  t.throws(() => libc.memfd("n".repeat(300)), { code: "EINVAL", message: "memfd_create: EINVAL" });
});

eachBackend("setNonblocking – sets and clears the flag and keeps the others", (t, libc) => {
  const [reader, writer] = libc.pipe();
  const before = openFlags(reader);
  libc.setNonblocking(reader, true);
  t.is(openFlags(reader), before | constants.O_NONBLOCK);
  libc.setNonblocking(reader, true);
  libc.setNonblocking(reader, false);
  t.is(openFlags(reader), before);
  close(reader, writer);
  t.throws(() => libc.setNonblocking(99_999, true), { code: "EBADF", message: "fcntl: EBADF" });
});

eachBackend("setCloseOnExec – clears and sets the flag", (t, libc) => {
  const fd = libc.memfd("file");
  libc.setCloseOnExec(fd, false);
  t.is(openFlags(fd) & O_CLOEXEC, 0);
  libc.setCloseOnExec(fd, true);
  t.is(openFlags(fd) & O_CLOEXEC, O_CLOEXEC);
  closeSync(fd);
});

eachBackend("dup2 – replaces the target – without FD_CLOEXEC", (t, libc) => {
  const [a, b] = [libc.memfd("a"), libc.memfd("b")];
  libc.dup2(a, b);
  writeSync(b, "through b");
  t.is(fstatSync(a).size, 9);
  t.is(openFlags(b) & O_CLOEXEC, 0);
  close(a, b);
  t.throws(() => libc.dup2(99_999, 99_998), { code: "EBADF" });
});

eachBackend("tryLock – returns false – another open file description holds the lock", (t, libc) => {
  using dir = new TempDir();
  const open = (): number => openSync(dir.join("lock"), "w");
  const [a, b] = [open(), open()];
  t.true(libc.tryLock(a));
  t.true(libc.tryLock(a));
  t.false(libc.tryLock(b));
  closeSync(a);
  t.true(libc.tryLock(b));
  closeSync(b);
  t.throws(() => libc.tryLock(99_999), { code: "EBADF" });
});

eachBackend("peerCredentials – returns pid, uid and gid – of the other end of a Unix socket", async (t, libc) => {
  using dir = new TempDir();
  const server = createServer().listen(dir.join("socket"));
  await once(server, "listening");
  const client = connect(dir.join("socket"));
  const [accepted]: Socket[] = await once(server, "connection");
  const fd = (accepted as unknown as { _handle: { fd: number } })._handle.fd;
  t.deepEqual(libc.peerCredentials(fd), {
    pid: process.pid,
    uid: process.getuid?.() ?? -1,
    gid: process.getgid?.() ?? -1,
  });
  client.destroy();
  accepted?.destroy();
  server.close();
  const file = libc.memfd("file");
  t.throws(() => libc.peerCredentials(file), { code: "ENOTSOCK" });
  closeSync(file);
});

eachBackend("openFilesLimit – is what setOpenFilesLimit set", (t, libc) => {
  const before = libc.openFilesLimit();
  libc.setOpenFilesLimit({ soft: 200, hard: before.hard });
  t.deepEqual(libc.openFilesLimit(), { soft: 200, hard: before.hard });
  libc.setOpenFilesLimit(before);
  t.deepEqual(libc.openFilesLimit(), before);
  t.throws(() => libc.setOpenFilesLimit({ soft: 2, hard: 1 }), { code: "EINVAL" });
});

eachBackend("splice – moves bytes between pipes – undefined when none wait, 0 at the end", (t, libc) => {
  const [from, input] = libc.pipe();
  const [out, to] = libc.pipe();
  t.is(libc.splice(from, to, 100), undefined);
  writeSync(input, "hello world");
  t.is(libc.splice(from, to, 5), 5);
  t.is(libc.splice(from, to, 100), 6);
  t.is(read(out), "hello world");
  closeSync(input);
  t.is(libc.splice(from, to, 100), 0);
  close(from, out, to);
  t.throws(() => libc.splice(99_999, 99_998, 1), { code: "EBADF", message: "splice: EBADF" });
});

eachBackend("setsid – makes a session – EPERM in one's own", (t, libc) => {
  if (sessionOf() !== process.pid) libc.setsid();
  t.is(sessionOf(), process.pid);
  t.throws(() => libc.setsid(), { code: "EPERM" });
});

eachBackend("errno – belongs to the call that failed – a thousand times", (t, libc) => {
  const before = openFiles().length;
  for (let count = 0; count < 1000; count += 1) {
    t.is(t.throws(() => libc.bytesReadable(99_999))?.message, "ioctl: EBADF");
  }
  t.is(openFiles().length, before);
});

const sessionOf = (): number => {
  const buffer = Buffer.alloc(512);
  const fd = openSync("/proc/self/stat", "r");
  const text = buffer.toString("latin1", 0, readSync(fd, buffer));
  closeSync(fd);
  return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[3]);
};
