import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, closeSync, openSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eachBackend } from "../_support/each-backend.ts";
import { MountPoint } from "../_support/mount-point.ts";

const options = { recursive: false, readOnly: false };

/** Opens a user namespace in which every id `n` is `n + 1000` outside. */
async function openUserNamespace(): Promise<number> {
  const holder = spawn("unshare", ["--user", "--", "cat"], { stdio: ["pipe", "pipe", "ignore"] });
  holder.stdin.write("ready");
  await once(holder.stdout, "data");
  for (const file of ["uid_map", "gid_map"]) writeFileSync(`/proc/${holder.pid}/${file}`, "0 1000 5000");
  const fd = openSync(`/proc/${holder.pid}/ns/user`, "r");
  holder.stdin.end();
  await once(holder, "exit");
  return fd;
}

eachBackend("hasIdMappedMounts – asks the kernel, changes nothing", (t, libc) => {
  t.true(libc.hasIdMappedMounts());
});

eachBackend(
  "mountClone, detachMount – owners are mapped, writes refused; gone although it is in use",
  async (t, libc) => {
    using place = new MountPoint();
    const [source, target] = [place.directory("source"), place.directory("target")];
    writeFileSync(join(source, "file"), "");
    chownSync(join(source, "file"), 5, 7);
    const userNamespaceFd = await openUserNamespace();
    libc.mountClone({ source, target, userNamespaceFd, recursive: true, readOnly: true });
    closeSync(userNamespaceFd);
    t.deepEqual(place.mounted(), [target]);
    t.like(statSync(join(target, "file")), { uid: 1005, gid: 1007 });
    t.throws(() => writeFileSync(join(target, "file"), ""), { code: "EROFS" });
    const fd = openSync(join(target, "file"), "r");
    libc.detachMount(target);
    t.deepEqual(place.mounted(), []);
    t.throws(() => libc.detachMount(target), { message: `umount2 ${target}: EINVAL` });
    closeSync(fd);
  },
);

eachBackend("mountClone – fails – names the call and its subject, nothing is mounted", (t, libc) => {
  using place = new MountPoint();
  const fd = openSync("/proc/self/ns/user", "r");
  const [source, target] = [place.directory("source"), place.directory("target")];
  const mount = { ...options, source, target, userNamespaceFd: fd };
  t.throws(() => libc.mountClone({ ...mount, source: place.join("gone") }), {
    message: `open_tree ${place.join("gone")}: ENOENT`,
  });
  // The initial user namespace maps nothing.
  t.throws(() => libc.mountClone(mount), { message: `mount_setattr ${source}: EPERM` });
  t.throws(() => libc.mountClone({ ...mount, userNamespaceFd: 0 }), { message: /^mount_setattr .*: EINVAL$/ });
  t.deepEqual(place.mounted(), []);
  closeSync(fd);
});
