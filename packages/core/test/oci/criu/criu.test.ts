import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code, type StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import type { CheckpointRequest } from "../../../src/runtime/runtime.ts";
import { openFakeRuntime } from "../../_support/fake-oci-runtime.ts";
import { ShimProcess } from "../../_support/shim-process.ts";
import { SyncCalls } from "../../_support/sync-calls.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const shim = new ShimProcess();
const nul = openSync("/dev/null", "r+");
test.after.always(() => {
  closeSync(nul);
  shim[Symbol.dispose]();
});

const never = new AbortController().signal;
const stdio = { stdin: nul, stdout: nul, stderr: nul };
const plain: Omit<CheckpointRequest, "imagePath"> = {
  ...{ workPath: "", exit: false, openTcp: false, externalUnixSockets: false, terminal: false, fileLocks: false },
  ...{ emptyNamespaces: [], cgroupsMode: "", parentPath: "" },
};
const criu = {
  restoreArgs: () => [],
  hasEmptyNamespaces: false,
  isMissing: (text: string) => /unknown command|no library/.test(text),
};

/** Opens a fake with a running container, on a machine with or without CRIU. */
function open(script: string, program = "/usr/sbin/criu") {
  const { commands, log } = shim;
  const fake = openFakeRuntime({ commands, log, findExecutable: () => program || undefined }, script, { criu });
  writeFileSync(join(fake.bundle.path, "init.pid"), String(process.pid));
  const { runtime, container } = fake;
  return {
    fake,
    checkpoint: (imagePath: string) => runtime.checkpoint?.(container, { ...plain, imagePath }, never),
    restore: (imagePath: string) => runtime.restore?.({ container, stdio, imagePath, parentPath: "" }, never),
    [Symbol.dispose]: () => fake[Symbol.dispose](),
  };
}

async function rejects(t: ExecutionContext, call: Promise<unknown> | undefined, code: Code, message: string | RegExp) {
  const error = await t.throwsAsync<StatusError>(async () => call, { message });
  t.is(error?.code, code);
}

test("checkpoint – its path is a file, or below one – InvalidArgument, the runtime is not called", async (t) => {
  using scene = open("exit 0");
  const file = scene.fake.bundle.join("file");
  writeFileSync(file, "");
  for (const path of [file, join(file, "below")]) {
    const message = new RegExp(`^path ${path} of the checkpoint cannot be made a directory: E`);
    await rejects(t, scene.checkpoint(path), Code.InvalidArgument, message);
  }
  t.false(existsSync(scene.fake.bundle.join("calls")));
  t.deepEqual(scene.fake.bundle.entries(), ["init.pid"]);
});

test("checkpoint, restore – this build of the runtime has neither – Unimplemented", async (t) => {
  using scene = open('case "$*" in *checkpoint*|*restore*) echo "unknown command" >&2; exit 1 ;; esac');
  const image = scene.fake.bundle.join("image");
  await rejects(t, scene.checkpoint(image), Code.Unimplemented, /^OCI runtime checkpoint failed: .*unknown command$/);
  // The runtime's error message went into the container's output.
  await rejects(t, scene.restore(image), Code.Unimplemented, /^OCI runtime restore failed: .*unknown command$/);
});

test("checkpoint, restore – the runtime does not find its library – Unimplemented", async (t) => {
  using scene = open('case "$*" in *--help*) exit 0 ;; *checkpoint*|*restore*) fail "no library" ;; esac');
  const image = scene.fake.bundle.join("image");
  await rejects(t, scene.checkpoint(image), Code.Unimplemented, /^OCI runtime checkpoint failed: no library/);
  await rejects(t, scene.restore(image), Code.Unimplemented, /^OCI runtime restore failed: no library/);
});

test("checkpoint, restore – there is no CRIU on this machine – Unimplemented, the runtime is not called for it", async (t) => {
  using scene = open("exit 0", "");
  const image = scene.fake.bundle.join("image");
  const message = 'exec: "criu": executable file not found in $PATH of the shim';
  await rejects(t, scene.checkpoint(image), Code.Unimplemented, message);
  t.false(existsSync(image));
  await rejects(t, scene.restore(image), Code.Unimplemented, message);
  t.notRegex(readFileSync(scene.fake.bundle.join("calls"), "utf8"), / (checkpoint|restore) /);
});

test("restore – it fails – Unknown, what the runtime has left is removed", async (t) => {
  using scene = open('case "$*" in *--help*) exit 0 ;; *" restore "*) fail cause ;; esac');
  const image = scene.fake.bundle.join("image");
  mkdirSync(image);
  await rejects(t, scene.restore(image), Code.Unknown, "OCI runtime restore failed: cause");
  t.regex(readFileSync(scene.fake.bundle.join("calls"), "utf8"), / state .*\n.* delete --force /);
});

test("restore – it fails while another bundle has that id – that container is left alone", async (t) => {
  using scene = open(
    `case "$*" in *--help*) exit 0 ;; *" restore "*) fail cause ;; *" state "*) echo '{"bundle":"/another"}' ;; esac`,
  );
  await rejects(t, scene.restore(scene.fake.bundle.join("image")), Code.Unknown, "OCI runtime restore failed: cause");
  t.notRegex(readFileSync(scene.fake.bundle.join("calls"), "utf8"), / delete /);
});

test.serial(
  "checkpoint, restore – no synchronous call on the image, the work directory or the program that the client names",
  async (t) => {
    const script = `previous=
for a; do [ "$previous" != --work-path ] || work=$a; previous=$a; done
case "$*" in *" checkpoint "*) name=dump ;; *" restore "*) name=restore ;; *) exit 0 ;; esac
echo "Error (a.c:1): why" > "$work/$name.log"
[ ! -e "$dir/fails" ] || fail cause`;
    using scene = open(script);
    using dir = new TempDir();
    const { runtime, container, bundle } = scene.fake;
    writeFileSync(dir.join("criu"), "");
    const [workPath, imagePath] = [dir.join("work"), dir.join("image")];
    const options = { ...container.options, criuPath: dir.join("criu"), criuWorkPath: workPath };
    const own = { ...container, options };
    const checkpoint = () => runtime.checkpoint?.(own, { ...plain, imagePath, workPath }, never);
    const restore = () => runtime.restore?.({ container: own, stdio, imagePath, parentPath: "" }, never);
    using calls = new SyncCalls(dir.path);
    await checkpoint();
    await restore();
    writeFileSync(bundle.join("fails"), "");
    await rejects(
      t,
      checkpoint(),
      Code.Unknown,
      /^OCI runtime checkpoint failed: cause; Error \(a.c:1\): why; \(.*dump.log\)$/,
    );
    await rejects(
      t,
      restore(),
      Code.Unknown,
      /^OCI runtime restore failed: cause; Error \(a.c:1\): why; \(.*restore.log\)$/,
    );
    t.deepEqual(calls.seen, []);
  },
);
