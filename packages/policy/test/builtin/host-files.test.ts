/**
 * Files of the host that a container could reach by other means than a mount's name: what is behind the name, its root,
 * its output.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempDisposableSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { MountTable, parseMountinfo } from "@dunnage/core/internal";
import test from "ava";
import { HangingFs } from "../../../core/test/_support/hanging-fs.ts";
import { HostSources } from "../../src/builtin/host-sources.ts";
import { judgeFiles } from "../../src/builtin/pod-files.ts";
import { judge, judgeMount, safeSpec } from "../_support/judge.ts";
import { standalone } from "../_support/run-plugin.ts";

const bindOf = (source: string): object => ({ destination: "/m", type: "bind", source, options: ["rbind"] });

test("mounts – a file system that does not answer – is a denial that says so, and the event loop continues", async (t) => {
  using hanging = new HangingFs();
  using dir = mkdtempDisposableSync(`${tmpdir()}/hanging-`);
  symlinkSync(hanging.join("lookup"), `${dir.path}/innocent`);
  let turns = 0;
  const count = setInterval(() => turns++, 1);
  for (const policy of ["mounts", "pod-security"]) {
    for (const source of [hanging.join("lookup"), `${dir.path}/innocent/x`]) {
      const denied = await judgeMount(policy, bindOf(source), policy === "mounts" ? {} : { allowed_host_paths: ["/"] });
      t.regex(denied, /lookup: its file system does not answer/, `${policy} ${source}`);
    }
    t.regex(await judge(policy, { spec: safeSpec({ root: { path: hanging.join("lookup") } }) }), /does not answer/);
  }
  clearInterval(count);
  t.true(turns > 0);
  t.regex(await judge("pod-security", { stdio: output(hanging.join("lookup")) }), /log-uris: .*does not answer/);
});

test("mounts – a mount point of a file system that does not answer – is judged without a question to it", async (t) => {
  using hanging = new HangingFs();
  t.is(await judgeMount("mounts", bindOf(hanging.path)), "passed");
  t.is(await judgeMount("pod-security", bindOf(hanging.path), { allowed_host_paths: [hanging.path] }), "passed");
});

test("mounts – what is denied cannot be looked at – is denied by its name", async (t) => {
  using hanging = new HangingFs();
  const config = { deny_sources: [hanging.join("lookup")] };
  t.regex(await judgeMount("mounts", bindOf(hanging.path), config), /^deny_sources/);
  t.is(await judgeMount("mounts", bindOf("/srv"), config), "passed");
});

test("mounts – a bind mount of what is denied, below what is allowed – is seen for what it is", async (t) => {
  using dir = mkdtempDisposableSync(`${tmpdir()}/bound-`);
  for (const each of ["in", "own", "own-copy"]) mkdirSync(`${dir.path}/${each}`);
  execFileSync("mount", ["--bind", "/etc", `${dir.path}/in`]);
  execFileSync("mount", ["--bind", `${dir.path}/own`, `${dir.path}/own-copy`]);
  try {
    for (const source of [`${dir.path}/in`, `${dir.path}/in/ssl`]) {
      t.regex(await judgeMount("mounts", bindOf(source)), /^deny_sources: .*reaches \/etc/);
      t.regex(
        await judgeMount("mounts", bindOf(source), { deny_sources: [], allow_sources: [dir.path] }),
        /^allow_sources/,
      );
      t.regex(await judgeMount("pod-security", bindOf(source), { allowed_host_paths: [dir.path] }), /^host-path/);
    }
    t.regex(await judgeMount("mounts", bindOf(dir.path)), /^deny_sources/, "what holds such a mount brings it along");
    const own = { allowed_host_paths: [dir.path] };
    t.is(await judgeMount("pod-security", bindOf(`${dir.path}/own-copy`), own), "passed");
  } finally {
    for (const each of ["in", "own-copy"]) execFileSync("umount", [`${dir.path}/${each}`]);
  }
});

const pods = "/var/lib/kubelet/pods";
const pod = { name: "p", namespace: "default", uid: "u1" };

/** The mounts of a node: root, a claim's disk, a Secret, and bind mounts that the kubelet makes for `subPath`. */
const node = `1 0 8:1 / / rw - ext4 d rw
2 1 0:30 / /run rw - tmpfs t rw
3 2 0:31 / /run/containerd/io.containerd.grpc.v1.cri/sandboxes/s1/shm rw - tmpfs shm rw
4 1 8:9 / /var/lib/kubelet/plugins/kubernetes.io/csi/x/globalmount rw - ext4 d rw
5 1 8:9 / ${pods}/u1/volumes/kubernetes.io~csi/claim/mount rw - ext4 d rw
6 1 0:32 / ${pods}/u1/volumes/kubernetes.io~secret/s rw - tmpfs t rw
7 1 8:1 /etc ${pods}/u1/volume-subpaths/host/c/0 rw - ext4 d rw
8 1 8:9 /db ${pods}/u1/volume-subpaths/claim/c/1 rw - ext4 d rw
9 1 8:1 ${pods}/u1/volumes/kubernetes.io~empty-dir/e/sub ${pods}/u1/volume-subpaths/e/c/2 rw - ext4 d rw
10 1 8:1 / ${pods}/u1/volume-subpaths/root/c/3 rw - ext4 d rw
11 1 8:1 ${pods}/u2/volumes/kubernetes.io~empty-dir/e ${pods}/u1/volume-subpaths/other/c/4 rw - ext4 d rw
`;

const onNode = test.macro({
  exec: async (t, source: string, reason?: RegExp, mountinfo: string = node) => {
    const sources = new HostSources(new Date(Date.now() + 1_000), new MountTable(parseMountinfo(mountinfo)));
    const container = { ...standalone, kind: "container", sandboxId: "s1", pod } as const;
    const event = { container, spec: safeSpec({ mounts: [bindOf(source)] }), rootfs: [], stdio: output("") };
    const config = { allowed_host_paths: [], log_dirs: [], loggers: [], root_sources: [] };
    const [found] = await judgeFiles(event as never, sources, config);
    if (reason === undefined) t.is(found?.reason, undefined);
    else t.regex(found?.reason ?? "passed", reason);
  },
  title: (name) => `pod-security – a pod's mount – ${name ?? ""}`,
});

test("its hosts file", onNode, `${pods}/u1/etc-hosts`);
test("an emptyDir", onNode, `${pods}/u1/volumes/kubernetes.io~empty-dir/e`);
test("a claim", onNode, `${pods}/u1/volumes/kubernetes.io~csi/claim/mount`);
test("a Secret", onNode, `${pods}/u1/volumes/kubernetes.io~secret/s`);
test("CRI's shared memory", onNode, "/run/containerd/io.containerd.grpc.v1.cri/sandboxes/s1/shm");
test("CRI's resolv.conf", onNode, "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/s1/resolv.conf");
test("a subPath of a claim", onNode, `${pods}/u1/volume-subpaths/claim/c/1`);
test("a subPath of an emptyDir", onNode, `${pods}/u1/volume-subpaths/e/c/2`);
test("a subPath of a hostPath is the host's", onNode, `${pods}/u1/volume-subpaths/host/c/0`, /volume-subpaths\/host/);
test("a subPath of the root is the host's", onNode, `${pods}/u1/volume-subpaths/root/c/3`, /of the host/);
test("below such a subPath", onNode, `${pods}/u1/volume-subpaths/root/c/3/etc/ssh`, /of the host/);
test("a subPath into another pod", onNode, `${pods}/u1/volume-subpaths/other/c/4`, /of the host/);
test("another pod's volume", onNode, `${pods}/u2/volumes/kubernetes.io~empty-dir/e`, /of the host/);
test("what the image's VOLUME is", onNode, "/var/lib/containerd/io.containerd.grpc.v1.cri/containers/c1/volumes/a1");
test(
  "the volumes of another container",
  onNode,
  "/var/lib/containerd/io.containerd.grpc.v1.cri/containers/c2/volumes/a1",
  /of the host/,
);
test("another sandbox", onNode, "/run/containerd/io.containerd.grpc.v1.cri/sandboxes/s2/shm", /of the host/);
const elsewhere = `1 0 8:1 / / rw - ext4 d rw
2 1 8:2 / /data rw - ext4 d rw
3 1 8:2 /kubelet /var/lib/kubelet rw - ext4 d rw
4 3 8:1 /etc ${pods}/u1/volume-subpaths/host/c/0 rw - ext4 d rw
`;
test("a kubelet's directory that is a bind mount", onNode, `${pods}/u1/etc-hosts`, undefined, elsewhere);
test("its subPath of a hostPath", onNode, `${pods}/u1/volume-subpaths/host/c/0`, /of the host/, elsewhere);

test("pod-security – no mount namespace, or another's – is refused", async (t) => {
  const linux = (safeSpec() as { linux: { namespaces: { type: string }[] } }).linux;
  const others = linux.namespaces.filter(({ type }) => type !== "mount");
  for (const mount of [[], [{ type: "mount", path: "/proc/7/ns/mnt" }]]) {
    const spec = safeSpec({ linux: { ...linux, namespaces: [...others, ...mount] } });
    t.regex(await judge("pod-security", { spec }), /^host-namespaces: .*mount namespace/);
  }
});

const rooted = (path: unknown): object => ({ spec: safeSpec({ root: { path } }) });
const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots";
const overlay = (...options: readonly string[]): object => ({
  type: "overlay",
  source: "overlay",
  target: "",
  options,
});

test("root – what containerd and Docker make it of – passes", async (t) => {
  const bind = { type: "bind", source: `${snapshots}/7/fs`, target: "", options: ["rw", "rbind"] };
  const block = { type: "ext4", source: "/dev/mapper/pool-snap-3", target: "", options: ["nouuid"] };
  const layers = [
    `lowerdir=${snapshots}/2/fs:${snapshots}/1/fs`,
    `upperdir=${snapshots}/3/fs`,
    `workdir=${snapshots}/3/work`,
  ];
  for (const policy of ["mounts", "pod-security"]) {
    for (const path of [
      "rootfs",
      "./rootfs/",
      "/b/c1/rootfs",
      "/b//c1/./rootfs",
      "/var/lib/docker/overlay2/1a2b/merged",
    ])
      t.is(await judge(policy, rooted(path)), "passed", path);
    const pool = { root_sources: ["/dev/mapper/pool-snap-*"] };
    t.is(await judge(policy, { rootfs: [block] }, pool), "passed");
    for (const mount of [bind, overlay("index=off", ...layers), overlay("uidmap=0:1000:65536", ...layers)])
      t.is(await judge(policy, { rootfs: [mount] }), "passed");
  }
});

test("root – a directory of the host, however it is given – is refused", async (t) => {
  using dir = mkdtempDisposableSync(`${tmpdir()}/root-`);
  symlinkSync("/usr/lib", `${dir.path}/link`);
  const ok = `lowerdir=${snapshots}/1/fs`;
  const paths = [
    "/usr",
    "/",
    "//usr/.",
    "../../usr",
    "/b/c1/rootfs/../../..",
    `${dir.path}/link/../b/c1/rootfs`,
    "",
    undefined,
    7,
  ];
  const mounts = [
    ...["bind", "none", "", "rbind", "overlay"].map((type) => ({ type, source: "/", target: "", options: ["rbind"] })),
    { type: "bind", source: "/", target: "", options: [] },
    { type: "bind", source: `${snapshots}/../../../../../etc`, target: "", options: [] },
    { type: "bind", source: snapshots, target: "", options: [] },
    { type: "ext4", source: "/dev/vda", target: "", options: [] },
    { type: "ext4", source: "LABEL=root", target: "", options: [] },
    { type: "fuse3.sh", source: `${snapshots}/7/fs`, target: "", options: [] },
    overlay(ok, "upperdir=/etc", "workdir=/w"),
    overlay("lowerdir=/usr"),
    overlay(`${ok}:/etc`),
    overlay(`${ok},upperdir=/etc`),
    overlay(`${ok}\\:/etc`),
    overlay("lowerdir+=/etc"),
    overlay(ok, "LOWERDIR=/etc"),
  ];
  for (const policy of ["mounts", "pod-security"]) {
    for (const path of paths) t.regex(await judge(policy, rooted(path)), /^root[_-]/, String(path));
    for (const mount of mounts) t.regex(await judge(policy, { rootfs: [mount] }), /^root[_-]/, JSON.stringify(mount));
    const second = [{ type: "bind", source: `${snapshots}/7/fs`, target: "", options: [] }, mounts[0]];
    t.regex(await judge(policy, { rootfs: second }), /^root[_-]/);
  }
});

const output = (stdout: string, stderr = ""): object => ({ terminal: false, stdin: "", stdout, stderr });

test("pod-security – output – goes to FIFOs and to the directories of logs", async (t) => {
  using dir = mkdtempDisposableSync(`${tmpdir()}/output-`);
  execFileSync("mkfifo", [`${dir.path}/fifo`]);
  writeFileSync(`${dir.path}/file`, "");
  symlinkSync("/etc/cron.d", `${dir.path}/link`);
  const of = (...streams: [string, string?]) =>
    judge("pod-security", { stdio: output(...streams) }, { log_dirs: [dir.path] });
  const plain = (uri: string) => judge("pod-security", { stdio: output(uri) });
  for (const uri of ["", `${dir.path}/fifo`, `fifo://${dir.path}/fifo`]) t.is(await plain(uri), "passed", uri);
  t.is(await plain("file:///var/log/containers/x/y.log"), "passed");
  t.is(await of(`file://${dir.path}/new`), "passed");
  t.is(await of(`${dir.path}/file`), "passed");
  for (const uri of [
    "file:///etc/cron.d/x",
    "FILE:/etc/cron.d/x",
    "file://localhost/etc/cron.d/x",
    "/etc/passwd",
    `file://${dir.path}/link/x`,
    `file://${dir.path}/%6cink/x`,
    `file://${dir.path}/../../etc/x`,
    "file:///var/log/containers/../../../etc/x",
  ])
    for (const streams of [[uri], [`${dir.path}/fifo`, uri]] as [string, string?][])
      t.regex(await of(...streams), /^log-uris: .*writes its output to/, uri);
});

test("pod-security – a logger – runs only if the configuration names its program", async (t) => {
  const of = (uri: string) => judge("pod-security", { stdio: output(uri) }, { loggers: ["/usr/bin/logger"] });
  t.is(await of("binary:///usr/bin/logger?-t=x"), "passed");
  t.is(await of("binary:///usr//bin/./logger"), "passed");
  for (const uri of [
    "binary:///bin/sh?-c=id",
    "BINARY:/bin/sh",
    "binary:///usr/bin/logger/../sh",
    "binary:///usr/bin/%6cogger2",
  ])
    t.regex(await of(uri), /^log-uris: .*runs \S+ on the host/, uri);
  t.regex(await of("other:///usr/bin/logger"), /^log-uris/);
});

test("root – containerd's directory is a link – its snapshots pass by either name, others do not", async (t) => {
  using dir = mkdtempDisposableSync(`${tmpdir()}/root-`);
  const bundle = `${dir.path}/state/io.containerd.runtime.v2.task/ns/c1`;
  const snapshot = "io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs";
  for (const each of [bundle, `${dir.path}/disk/containerd/${snapshot}`, `${dir.path}/disk/other/${snapshot}`])
    mkdirSync(each, { recursive: true });
  symlinkSync(`${dir.path}/disk/containerd`, `${dir.path}/lib`);
  symlinkSync(`${dir.path}/lib/io.containerd.runtime.v2.task/ns/c1`, `${bundle}/work`);
  const container = { ...standalone, bundle };
  const of = (root: string): object => ({ container, rootfs: [overlay(`lowerdir=${dir.path}/${root}/${snapshot}`)] });
  for (const policy of ["mounts", "pod-security"]) {
    t.is(await judge(policy, of("lib")), "passed");
    t.is(await judge(policy, of("disk/containerd")), "passed");
    t.regex(await judge(policy, of("disk/other")), /of the host in its root/);
  }
});

test("mounts, pod-security – a root that shares its mounts with the host – is refused", async (t) => {
  const linux = (safeSpec() as { linux: object }).linux;
  for (const rootfsPropagation of ["shared", "rshared", "rslave"]) {
    const event = { spec: safeSpec({ linux: { ...linux, rootfsPropagation } }) };
    const expected = rootfsPropagation === "rslave" ? /^passed$/ : /root propagation r?shared/;
    for (const [policy, config] of [
      ["mounts", { deny_shared: true }],
      ["pod-security", {}],
    ] as const)
      t.regex(await judge(policy, event, config), expected);
  }
});

test("pod-security – restricted, a sandbox – keeps the capabilities that CRI gives it, and no more", async (t) => {
  const spec = (...bounding: readonly string[]): object => {
    const process = { args: ["/pause"], user: { uid: 65535 }, noNewPrivileges: true, capabilities: { bounding } };
    const linux = { ...(safeSpec() as { linux: object }).linux, seccomp: { defaultAction: "SCMP_ACT_ERRNO" } };
    return safeSpec({ process, linux });
  };
  const restricted = { level: "restricted" };
  const sandbox = { ...standalone, kind: "sandbox", namespace: "k8s.io" };
  const judged = (container: object, ...capabilities: readonly string[]): Promise<string> =>
    judge("pod-security", { container, spec: spec(...capabilities) }, restricted);
  t.is(await judged(sandbox, "CAP_CHOWN", "CAP_SETUID"), "passed");
  t.regex(await judged(sandbox, "CAP_SYS_ADMIN"), /SYS_ADMIN/);
  t.regex(await judged(standalone, "CAP_CHOWN"), /CHOWN/);
});
