import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Code } from "@dunnage/ttrpc";
import test from "ava";
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
  workPath: "",
  exit: false,
  openTcp: false,
  externalUnixSockets: false,
  terminal: false,
  fileLocks: false,
  emptyNamespaces: [],
  cgroupsMode: "",
  parentPath: "",
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
    checkpoint: async (imagePath: string) => runtime.checkpoint?.(container, { ...plain, imagePath }, never),
    restore: async (imagePath: string) => runtime.restore?.({ container, stdio, imagePath, parentPath: "" }, never),
    [Symbol.dispose]: () => fake[Symbol.dispose](),
  };
}

test("checkpoint – its path is a file, or below one – InvalidArgument, the runtime is not called", async (t) => {
  using scene = open("exit 0");
  const file = scene.fake.bundle.join("file");
  writeFileSync(file, "");
  for (const path of [file, join(file, "below")]) {
    const message = new RegExp(`^path ${path} of the checkpoint cannot be made a directory: E`);
    await t.throwsAsync(scene.checkpoint(path), { code: Code.InvalidArgument, message });
  }
  t.false(existsSync(scene.fake.bundle.join("calls")));
  t.deepEqual(scene.fake.bundle.entries(), ["init.pid"]);
});

test("checkpoint, restore – this build of the runtime has neither – Unimplemented", async (t) => {
  using scene = open('case "$*" in *checkpoint*|*restore*) echo "unknown command" >&2; exit 1 ;; esac');
  const image = scene.fake.bundle.join("image");
  await t.throwsAsync(scene.checkpoint(image), {
    code: Code.Unimplemented,
    message: /^OCI runtime checkpoint failed: .*unknown command$/,
  });
  // The runtime's error message went into the container's output.
  await t.throwsAsync(scene.restore(image), {
    code: Code.Unimplemented,
    message: /^OCI runtime restore failed: .*unknown command$/,
  });
});

test("checkpoint, restore – the runtime does not find its library – Unimplemented", async (t) => {
  using scene = open('case "$*" in *--help*) exit 0 ;; *checkpoint*|*restore*) fail "no library" ;; esac');
  const image = scene.fake.bundle.join("image");
  await t.throwsAsync(scene.checkpoint(image), {
    code: Code.Unimplemented,
    message: /^OCI runtime checkpoint failed: no library/,
  });
  await t.throwsAsync(scene.restore(image), {
    code: Code.Unimplemented,
    message: /^OCI runtime restore failed: no library/,
  });
});

test("checkpoint, restore – there is no CRIU on this machine – Unimplemented, the runtime is not called for it", async (t) => {
  using scene = open("exit 0", "");
  const image = scene.fake.bundle.join("image");
  const message = 'exec: "criu": executable file not found in $PATH of the shim';
  await t.throwsAsync(scene.checkpoint(image), { code: Code.Unimplemented, message });
  t.false(existsSync(image));
  await t.throwsAsync(scene.restore(image), { code: Code.Unimplemented, message });
  t.notRegex(readFileSync(scene.fake.bundle.join("calls"), "utf8"), / (checkpoint|restore) /);
});

test("restore – it fails – Unknown, what the runtime has left is removed", async (t) => {
  using scene = open('case "$*" in *--help*) exit 0 ;; *" restore "*) fail cause ;; esac');
  const image = scene.fake.bundle.join("image");
  mkdirSync(image);
  await t.throwsAsync(scene.restore(image), { code: Code.Unknown, message: "OCI runtime restore failed: cause" });
  t.regex(readFileSync(scene.fake.bundle.join("calls"), "utf8"), / state .*\n.* delete --force /);
});

test("restore – it fails while another bundle has that id – that container is left alone", async (t) => {
  using scene = open(
    `case "$*" in *--help*) exit 0 ;; *" restore "*) fail cause ;; *" state "*) echo '{"bundle":"/another"}' ;; esac`,
  );
  await t.throwsAsync(scene.restore(scene.fake.bundle.join("image")), {
    code: Code.Unknown,
    message: "OCI runtime restore failed: cause",
  });
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
    const checkpoint = async () => runtime.checkpoint?.(own, { ...plain, imagePath, workPath }, never);
    const restore = async () => runtime.restore?.({ container: own, stdio, imagePath, parentPath: "" }, never);
    using calls = new SyncCalls(dir.path);
    await checkpoint();
    await restore();
    writeFileSync(bundle.join("fails"), "");
    await t.throwsAsync(checkpoint(), {
      code: Code.Unknown,
      message: /^OCI runtime checkpoint failed: cause; Error \(a.c:1\): why; \(.*dump.log\)$/,
    });
    await t.throwsAsync(restore(), {
      code: Code.Unknown,
      message: /^OCI runtime restore failed: cause; Error \(a.c:1\): why; \(.*restore.log\)$/,
    });
    t.deepEqual(calls.seen, []);
  },
);
