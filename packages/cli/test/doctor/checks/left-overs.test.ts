import { join } from "node:path";
import test from "ava";
import { checkLeftOvers } from "../../../src/doctor/checks/left-overs.ts";
import { findsOf, main, mounts } from "../../_support/findings.ts";
import type { MadeUpHost } from "../../_support/made-up-host.ts";

const finds = findsOf(test, checkLeftOvers);

const daemon = (pid: number, startTime: number): string => `run/dunnage/d/${pid}.${startTime}`;
function addDaemon(host: MadeUpHost, facts: { readonly build: string; readonly address: string }): void {
  const lines = [
    "9 400 3",
    facts.build,
    "k8s.io",
    facts.address,
    "",
    "debug=0 sched_core=",
    "PATH=/bin",
    "",
    "",
    "",
    "unix:///x",
    "unix:///x",
    "",
  ];
  host.write(`${daemon(9, 400)}/daemon`, lines.join("\n"));
  host.addProcess(9, 400);
}
const journal = (dir: string): string =>
  JSON.stringify({
    version: 1,
    id: "c1",
    namespace: "k8s.io",
    runtime: "runc",
    options: {},
    daemon: { pid: 9, directory: dir },
  });
finds(
  "nothing left over where a daemon serves",
  async (host) => {
    mounts(host);
    await host.listen("run/c.sock");
    host.write("opt/lib/dunnage/build-id", "abc\n");
    host.write(main, `state = "${host.dir}/state"\n`);
    addDaemon(host, { build: "abc", address: join(host.dir, "run/c.sock") });
    host.write("state/io.containerd.runtime.v2.task/k8s.io/c1/dunnage.json", journal(join(host.dir, daemon(9, 400))));
  },
  [],
);
finds(
  "the directory of a daemon that is dead, or whose pid is another's by now",
  (host) => {
    mounts(host);
    host.addProcess(8, 999);
    for (const dir of [daemon(8, 400), daemon(99_999, 400)]) host.write(`${dir}/born`, "1\n");
  },
  [/^warning \/run\/dunnage\/d\/8\.400: its daemon is dead -> .*rm -r/, /99999\.400/],
);
finds(
  "a task whose daemon is dead, and its mount",
  (host) => {
    host.write(main, `state = "${host.dir}/state"\n`);
    mounts(host, ["state/io.containerd.runtime.v2.task/k8s.io/c1/rootfs", "overlay"]);
    host.write("state/io.containerd.runtime.v2.task/k8s.io/c1/dunnage.json", journal(join(host.dir, daemon(9, 400))));
  },
  [/^warning k8s\.io\/c1: the daemon of this task is dead, .*\/c1\/rootfs is still mounted -> restart containerd/],
);
finds(
  "a daemon whose containerd is gone, but for its socket's file",
  (host) => {
    mounts(host);
    addDaemon(host, { build: "abc", address: host.write("run/c.sock", "") });
  },
  [
    /^warning process 9: serves a containerd that is gone \(\/run\/c\.sock\), namespace k8s\.io -> start that containerd/,
  ],
);
finds(
  "a daemon whose containerd is gone, and one of another build",
  (host) => {
    mounts(host);
    host.write("opt/lib/dunnage/build-id", "abc\n");
    addDaemon(host, { build: "older", address: "/nonexistent/c.sock" });
  },
  [
    /^warning process 9: serves a containerd that is gone \(\/nonexistent\/c\.sock\)/,
    /^warning process 9: is of build older, installed is abc/,
  ],
);
