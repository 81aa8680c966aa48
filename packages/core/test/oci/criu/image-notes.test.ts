import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { readImageNotes, writeImageNotes } from "../../../src/oci/criu/image-notes.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const request = {
  imagePath: "",
  workPath: "/work",
  exit: true,
  parentPath: "",
  openTcp: true,
  externalUnixSockets: false,
  terminal: false,
  fileLocks: true,
  emptyNamespaces: ["network"],
  cgroupsMode: "soft",
};
const streams = [{ fd: 1, key: "file[1b:20c150]", mode: 0o700 }];

test("image notes – what was in use comes back, and nothing else", async (t) => {
  using dir = new TempDir();
  await writeImageNotes(dir.path, streams, request);
  const { imagePath, workPath, exit, parentPath, ...allowed } = request;
  t.deepEqual(await readImageNotes(dir.path), { version: 1, streams, allowed });
});

test("image notes – an image of another shim – nothing is allowed", async (t) => {
  using dir = new TempDir();
  const { streams: none, allowed } = await readImageNotes(dir.path);
  t.deepEqual([none, allowed.openTcp, allowed.emptyNamespaces], [[], false, []]);
});

const good = { version: 1, streams, allowed: {} };
for (const [what, notes] of Object.entries({
  "another version": { ...good, version: 2 },
  "no streams": { ...good, streams: null },
  "a key with a line of its own": { ...good, streams: [{ ...streams[0], key: "file[1:1]\naction-script /bin/sh" }] },
  "a descriptor that is none": { ...good, streams: [{ ...streams[0], fd: 7 }] },
  "a stream that is none": { ...good, streams: [null] },
  "a mode like a flag": { ...good, allowed: { cgroupsMode: "soft --pid-file=/etc/passwd" } },
  "namespaces that are flags": { ...good, allowed: { emptyNamespaces: ["--x"] } },
  "nothing allowed": { ...good, allowed: null },
})) {
  test(`image notes – refused – ${what}`, async (t) => {
    using dir = new TempDir();
    writeFileSync(dir.join("dunnage.json"), JSON.stringify(notes));
    const error = await t.throwsAsync<StatusError>(() => readImageNotes(dir.path), {
      message: /not notes of version 1$/,
    });
    t.is(error?.code, Code.InvalidArgument);
  });
}

test("image notes – refused – a FIFO, no JSON", async (t) => {
  using dir = new TempDir();
  execFileSync("mkfifo", [dir.join("dunnage.json")]);
  await t.throwsAsync(() => readImageNotes(dir.path), { message: /not a regular file$/ });
  rmSync(dir.join("dunnage.json"));
  writeFileSync(dir.join("dunnage.json"), "{");
  await t.throwsAsync(() => readImageNotes(dir.path), { message: /no JSON/ });
});
