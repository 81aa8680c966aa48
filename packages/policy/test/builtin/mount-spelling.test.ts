/** The effect of a mount decides, not its spelling: a refused mount does not pass in any other spelling. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import test from "ava";
import fc from "fast-check";
import { judge, judgeMount, safeSpec } from "../_support/judge.ts";

const dir = realpathSync(mkdtempSync(`${tmpdir()}/spelling-`));
test.after.always(() => rmSync(dir, { recursive: true, force: true }));
for (const each of ["allowed/deep/er", "other"]) mkdirSync(`${dir}/${each}`, { recursive: true });
symlinkSync(`${dir}/allowed`, `${dir}/to-allowed`);
symlinkSync("deep/er", `${dir}/allowed/short`);
symlinkSync("/etc", `${dir}/allowed/to-etc`);
symlinkSync(`${dir}/other`, `${dir}/allowed/to-other`);

const policies = ["pod-security", "mounts"] as const;
const config = {
  "pod-security": { allowed_host_paths: [`${dir}/allowed`] },
  mounts: { allow_sources: [`${dir}/allowed`] },
} as const;

/** Names of one directory each: through links, and back out of the links' targets. */
const allowedNames = [
  [`${dir}/allowed/deep/er`, `${dir}/to-allowed/deep/er`, `${dir}/allowed/short`, `${dir}/to-allowed/short/../er`],
  [`${dir}/allowed`, `${dir}/to-allowed`, `${dir}/allowed/to-etc/..${dir}/allowed`, `${dir}/allowed/short/../..`],
];
const deniedNames = [
  ["/etc", `${dir}/allowed/to-etc`, "/usr/../etc", "/proc/../etc"],
  [`${dir}/other`, `${dir}/allowed/to-other`, `${dir}/allowed/deep/../../other`],
  // Lexically below an allowed path, but the kernel leaves it through the link.
  [dir, `${dir}/allowed/to-other/..`],
  ["/etc/ssl", `${dir}/allowed/to-etc/ssl`, `${dir}/to-allowed/to-etc/../etc/ssl`],
];

const slash = fc.constantFrom("/", "//", "///", "/./", "//.//");

/** Generates the same path with additional slashes and dots. */
const respelled = (path: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(slash, { minLength: path.split("/").length, maxLength: path.split("/").length }), fc.boolean())
    .map(([slashes, isOpen]) => {
      const names = path.split("/").slice(1);
      return names.map((name, i) => `${slashes[i]}${name}`).join("") + (isOpen ? slashes.at(-1) : "");
    });

const spelledSource = (names: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...names).chain(respelled);

/** Ways to declare a bind mount, with options that do not change the verdict, in any order and number. */
const bind = fc
  .constantFrom(
    { type: "bind", options: [] },
    { type: "bind", options: ["bind"] },
    { type: "bind", options: ["rbind"] },
    { type: "none", options: ["rbind"] },
    { type: "", options: ["bind"] },
    { options: ["rbind", "bind"] },
  )
  .chain((form) =>
    fc
      .array(fc.constantFrom("ro", "rw", "nosuid", "nodev", "rprivate", "rslave", "noexec", ...form.options))
      .chain((more) =>
        fc.shuffledSubarray([...form.options, ...more], { minLength: form.options.length + more.length }),
      )
      .map((options) => ({ ...form, options })),
  );

for (const [verdict, groups] of [
  ["pass", allowedNames],
  ["are refused", deniedNames],
] as const) {
  test(`mounts – sources that differ in spelling alone – ${verdict} alike`, async (t) => {
    const spelled = fc.tuple(fc.constantFrom(...groups).chain(spelledSource), bind);
    await fc.assert(
      fc.asyncProperty(spelled, async ([source, form]) => {
        for (const policy of policies) {
          const found = await judgeMount(policy, { destination: "/m", source, ...form }, config[policy]);
          if ((found === "passed") !== (verdict === "pass"))
            t.fail(`${policy}: ${source} ${JSON.stringify(form)}: ${found}`);
        }
      }),
      { numRuns: 150 },
    );
    t.pass();
  });
}

/** Mounts that runtimes treat as kernel file systems, as containerd, CRI, nerdctl and Docker write them. */
const ordinary: readonly object[] = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
  },
  {
    destination: "/dev/shm",
    type: "tmpfs",
    source: "shm",
    options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
  },
  { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
  {
    destination: "/sys/fs/cgroup",
    type: "cgroup",
    source: "cgroup",
    options: ["nosuid", "noexec", "nodev", "relatime", "ro"],
  },
  {
    destination: "/run",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/t",
    type: "tmpfs",
    source: "tmpfs",
    options: ["noexec", 'context="system_u:object_r:container_file_t:s0:c1,c2"'],
  },
];

test("mounts – those of every container – pass, in any order", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...ordinary], { minLength: 1 }), async (mounts) => {
      for (const policy of policies) {
        const found = await judge(policy, { spec: safeSpec({ mounts }) });
        if (found !== "passed") t.fail(`${policy}: ${found}`);
      }
    }),
    { numRuns: 40 },
  );
  t.pass();
});

/** Each of these mounts reaches the host. */
const bypasses: readonly {
  readonly type?: string;
  readonly source: string;
  readonly destination: string;
  readonly options: readonly string[];
}[] = [
  { type: "overlay", source: "overlay", destination: "/h", options: ["lowerdir=/usr", "upperdir=/etc", "workdir=/w"] },
  { type: "overlay", source: "overlay", destination: "/h", options: ["lowerdir=/usr:/etc"] },
  { type: "proc", source: "proc", destination: "/proc2", options: ["rw"] },
  { type: "proc", source: "proc", destination: "/x/../proc", options: [] },
  { type: "ext4", source: "/dev/vda", destination: "/h", options: [] },
  { type: "nfs4", source: "server:/", destination: "/h", options: ["addr=10.0.0.1"] },
  { type: "fuse.sh", source: "/evil", destination: "/h", options: [] },
  { type: "sysfs", source: "sysfs", destination: "/sys2", options: ["ro"] },
  { type: "debugfs", source: "debugfs", destination: "/h", options: ["ro"] },
  { type: "cgroup2", source: "cgroup2", destination: "/h", options: ["ro"] },
  { type: "devtmpfs", source: "devtmpfs", destination: "/h", options: [] },
  { type: "9p", source: "host", destination: "/h", options: ["trans=virtio"] },
  { type: "tmpfs", source: "/etc", destination: "/h", options: ["bind"] },
  { type: "proc", source: "/etc", destination: "/proc", options: ["rbind"] },
  { type: "bind", source: "/etc", destination: "/h", options: ["rbind", "lowerdir=/etc"] },
  { type: "tmpfs", source: "tmpfs", destination: "/h", options: ["size=1m,lowerdir=/etc"] },
  { type: "bind", source: "/etc", destination: "/h", options: [] },
];

const recased = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    text,
    text,
    text.toUpperCase(),
    text.slice(0, 1).toUpperCase() + text.slice(1),
    `${text} `,
    ` ${text}`,
  );

/**
 * A bypass with changed type, destination, options and number of options, all accepted by the kernel and the runtimes.
 */
const mutated = fc.constantFrom(...bypasses).chain(({ type, source, destination, options }) =>
  fc
    .record({
      type: recased(type ?? ""),
      source: source.startsWith("/") ? respelled(source) : fc.constant(source),
      destination: respelled(destination),
      options: fc
        .array(fc.constantFrom("ro", "rw", "nosuid", "nodev", ...options), { maxLength: 4 })
        .chain((more) => fc.shuffledSubarray([...options, ...more], { minLength: options.length + more.length })),
      before: fc.shuffledSubarray([...ordinary]),
      times: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ before, times, ...mount }) => [...before, ...Array.from({ length: times }, () => mount)]),
);

test("mounts – every way to the host, mutated – is refused", async (t) => {
  await fc.assert(
    fc.asyncProperty(mutated, async (mounts) => {
      for (const policy of policies) {
        const found = await judge(policy, { spec: safeSpec({ mounts }) });
        if (found === "passed") t.fail(`${policy}: ${JSON.stringify(mounts.at(-1))}`);
      }
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test("pod-security – /sys and cgroups – may not be writable, whichever option comes last; a privileged container's may", async (t) => {
  for (const [type, destination] of [
    ["sysfs", "/sys"],
    ["cgroup", "/sys/fs/cgroup"],
  ]) {
    for (const options of [[], ["rw"], ["ro", "rw"], ["nosuid", "ro", "rw"]]) {
      t.regex(
        await judgeMount("pod-security", { type, source: type, destination, options }),
        /mount-types: .*writable/,
      );
      t.is(await judgeMount("mounts", { type, source: type, destination, options }), "passed");
    }
    t.is(await judgeMount("pod-security", { type, source: type, destination, options: ["rw", "ro"] }), "passed");
  }
});
