import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { takeIdMapping } from "../../src/mount/id-mapping.ts";
import type { Mount } from "../../src/mount/mount.ts";

const mount = (...options: string[]): Mount => ({ type: "overlay", source: "overlay", target: "", options });

test("takeIdMapping – no mapping, a FUSE helper – the mount as it is", (t) => {
  const plain = mount("ro");
  t.deepEqual(takeIdMapping(plain), { mount: plain });
  const fuse = { ...mount("uidmap=0:1:2"), type: "fuse3.overlay" };
  t.deepEqual(takeIdMapping(fuse), { mount: fuse });
});

test("takeIdMapping – ranges – a line each, options without them", (t) => {
  t.deepEqual(takeIdMapping(mount("index=off", "uidmap=0:1000:10,20:2000:30", "gidmap=0:5:4294967290", "ro")), {
    mount: mount("index=off", "ro"),
    mapping: { uids: "0 1000 10\n20 2000 30\n", gids: "0 5 4294967290\n" },
  });
});

test("takeIdMapping – half a mapping, or none that a kernel takes – InvalidArgument, names it", (t) => {
  const whole = "gidmap=0:1000:1";
  const rows = [
    [mount("uidmap=0:1000:1"), /uidmap=0:1000:1 without gidmap/],
    [mount(whole), /gidmap=0:1000:1 without uidmap/],
    ...["", "0:1000", "0:1000:0", "-1:0:1", "0:0:1,", "a:b:c", "0:4294967295:1", "0:1:99999999999", "0:1:1\n0 0 9"].map(
      (value) => [mount(`uidmap=${value}`, whole), /id mapping ".*" is not CONTAINER-ID:HOST-ID:SIZE/s] as const,
    ),
  ] as const;
  for (const [wrong, message] of rows) {
    t.is(t.throws<StatusError>(() => takeIdMapping(wrong), { message }).code, Code.InvalidArgument);
  }
});
