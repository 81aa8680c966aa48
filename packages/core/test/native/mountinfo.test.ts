import { readFileSync } from "node:fs";
import test from "ava";
import { parseMountinfo } from "../../src/native/mountinfo.ts";

test("parseMountinfo – with and without optional fields", (t) => {
  const text = [
    "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue",
    "37 36 0:5 / /proc rw - proc proc rw",
    "",
  ].join("\n");
  t.deepEqual(parseMountinfo(text), [
    { mountId: 36, parentId: 35, device: "98:0", root: "/mnt1", mountPoint: "/mnt2", type: "ext3" },
    { mountId: 37, parentId: 36, device: "0:5", root: "/", mountPoint: "/proc", type: "proc" },
  ]);
});

test("parseMountinfo – escaped characters – decoded", (t) => {
  const text = String.raw`1 0 0:1 / /a\040b\011c\012d\134e\043é rw - fuse.x\040y src rw`;
  const ids = { mountId: 1, parentId: 0, device: "0:1", root: "/" };
  t.deepEqual(parseMountinfo(text), [{ ...ids, mountPoint: "/a b\tc\nd\\e#é", type: "fuse.x y" }]);
});

test("parseMountinfo – malformed lines – skipped", (t) => {
  t.deepEqual(parseMountinfo("\nx\n1 2 3:4 / /a rw\n1 2 3:4 / /a rw -\n"), []);
});

test("parseMountinfo – this machine's – every line, with absolute mount points", (t) => {
  const text = readFileSync("/proc/self/mountinfo", "utf8");
  const entries = parseMountinfo(text);
  t.is(entries.length, text.trimEnd().split("\n").length);
  t.true(entries.every((entry) => entry.mountPoint.startsWith("/") && entry.mountId >= 0 && entry.type !== ""));
});
