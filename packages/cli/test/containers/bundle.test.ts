import test from "ava";
import { relocateSpec } from "../../src/containers/bundle.ts";

const options = { terminal: false, cgroup: "/made" };

test("relocateSpec – makes the root and the sources of bind mounts absolute, and nothing else", (t) => {
  const mounts = [
    { destination: "/a", type: "bind", source: "data" },
    { destination: "/b", source: "../data", options: ["ro", "rbind"] },
    { destination: "/c", type: "none", source: "/abs", options: ["bind"] },
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/d", type: "bind" },
  ];
  const spec = { ociVersion: "1.0.2", root: { path: "rootfs", readonly: true }, mounts, hostname: "h" };
  t.deepEqual(relocateSpec({ path: "/b/c", spec }, options), {
    ...spec,
    root: { path: "/b/c/rootfs", readonly: true },
    mounts: [
      { ...mounts[0], source: "/b/c/data" },
      { ...mounts[1], source: "/b/data" },
      mounts[2],
      mounts[3],
      mounts[4],
    ],
    process: { terminal: false },
    linux: { cgroupsPath: "/made" },
  } as object);
});

test("relocateSpec – keeps the cgroup that the user names, and sets the terminal", (t) => {
  const spec = { process: { args: ["x"] }, root: { path: "/r" }, linux: { cgroupsPath: "/mine", namespaces: [] } };
  const found = relocateSpec({ path: "/b", spec }, { ...options, terminal: true });
  t.deepEqual(found, { ...spec, process: { args: ["x"], terminal: true } });
});
