import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readlinkSync, statSync } from "node:fs";
import { eachBackend } from "../_support/each-backend.ts";
import { openFiles, openFlags } from "../_support/open-files.ts";
import { Pty, sendDescriptors } from "../_support/pty.ts";
import { TempDir } from "../_support/temp-dir.ts";

const O_CLOEXEC = 0o2_000_000;
const sizeOf = (path: string): string => execFileSync("stty", ["-F", path, "size"], { encoding: "utf8" }).trim();

eachBackend("resizeTerminal – sets rows and columns – of a master", (t, libc) => {
  using pty = new Pty();
  libc.resizeTerminal(pty.master, { width: 132, height: 43 });
  t.is(sizeOf(pty.slave), "43 132");
  libc.resizeTerminal(pty.master, { width: 65_535, height: 0 });
  t.is(sizeOf(pty.slave), "0 65535");
  const file = libc.memfd("file");
  t.throws(() => libc.resizeTerminal(file, { width: 1, height: 1 }), { code: "ENOTTY", message: "ioctl: ENOTTY" });
  closeSync(file);
});

eachBackend("duplicate – is another descriptor with O_CLOEXEC – of the same file", (t, libc) => {
  const file = libc.memfd("file");
  const copy = libc.duplicate(file);
  t.not(copy, file);
  t.is(openFlags(copy) & O_CLOEXEC, O_CLOEXEC);
  t.is(readlinkSync(`/proc/self/fd/${copy}`), readlinkSync(`/proc/self/fd/${file}`));
  closeSync(copy);
  closeSync(file);
  t.throws(() => libc.duplicate(99_999), { code: "EBADF" });
});

eachBackend("receiveDescriptor – is what the peer sent, with O_CLOEXEC – though the peer is gone", (t, libc) => {
  using dir = new TempDir();
  const before = openFiles();
  const listening = libc.listenUnix(dir.join("socket"));
  t.true(statSync(dir.join("socket")).isSocket());
  t.is(libc.accept(listening), undefined);
  const sent = openSync("/dev/zero", constants.O_RDONLY);
  closeSync(sendDescriptors(dir.join("socket"), [sent]));
  closeSync(sent);
  const accepted = libc.accept(listening) ?? -1;
  t.is(openFlags(accepted) & O_CLOEXEC, O_CLOEXEC);
  const received = libc.receiveDescriptor(accepted);
  t.is(readlinkSync(`/proc/self/fd/${received}`), "/dev/zero");
  t.is(openFlags(received) & O_CLOEXEC, O_CLOEXEC);
  for (const fd of [received, accepted, listening]) closeSync(fd);
  t.deepEqual(openFiles(), before);
});

for (const count of [0, 2, 3, 30]) {
  eachBackend(`receiveDescriptor – EBADMSG and nothing stays open – ${count} descriptors`, (t, libc) => {
    using dir = new TempDir();
    const before = openFiles();
    const listening = libc.listenUnix(dir.join("socket"));
    closeSync(sendDescriptors(dir.join("socket"), Array(count).fill(listening)));
    const accepted = libc.accept(listening) ?? -1;
    t.throws(() => libc.receiveDescriptor(accepted), { code: "EBADMSG", message: "recvmsg: EBADMSG" });
    for (const fd of [accepted, listening]) closeSync(fd);
    t.deepEqual(openFiles(), before);
  });
}

eachBackend("receiveDescriptor – EBADMSG when the peer closed, EAGAIN when it sent nothing yet", (t, libc) => {
  using dir = new TempDir();
  const listening = libc.listenUnix(dir.join("socket"));
  const peer = sendDescriptors(dir.join("socket"), [listening]);
  const accepted = libc.accept(listening) ?? -1;
  closeSync(libc.receiveDescriptor(accepted));
  t.throws(() => libc.receiveDescriptor(accepted), { code: "EAGAIN" });
  closeSync(peer);
  t.throws(() => libc.receiveDescriptor(accepted), { code: "EBADMSG" });
  for (const fd of [accepted, listening]) closeSync(fd);
});

eachBackend("listenUnix – a path of 107 bytes works, longer ones do not", (t, libc) => {
  using dir = new TempDir();
  const before = openFiles();
  const longest = dir.join("s".repeat(107 - dir.path.length - 1));
  const fd = libc.listenUnix(longest);
  closeSync(sendDescriptors(longest, [fd]));
  closeSync(fd);
  t.throws(() => libc.listenUnix(`${longest}s`), { code: "ENAMETOOLONG" });
  t.throws(() => libc.listenUnix(longest), { code: "EADDRINUSE", message: `bind ${longest}: EADDRINUSE` });
  t.deepEqual(openFiles(), before);
});
