import { utimesSync } from "node:fs";
import test from "ava";
import { checkContainerd } from "../../../src/doctor/checks/containerd.ts";
import { addContainerd, find, findsOf, main } from "../../_support/findings.ts";
import { MadeUpHost } from "../../_support/made-up-host.ts";

const finds = findsOf(test, checkContainerd);

const old = (host: MadeUpHost): void => utimesSync(host.write(main, "version = 2\n"), 500, 500);
finds(
  "nothing wrong with a containerd that runs",
  (host) => {
    old(host);
    addContainerd(host);
  },
  [],
);
finds(
  "a containerd that does not run",
  (host) => {
    host.addProcess(7, 5000, { args: ["containerd", "-c", "/etc/other.toml"] });
  },
  [/^warning containerd: none runs with \/etc\/containerd\/config\.toml -> start it/],
);
finds(
  "a configuration that is newer than the containerd that runs",
  (host) => {
    addContainerd(host);
    utimesSync(host.write(main, "version = 2\n"), 1051, 1051);
  },
  [/^warning containerd: runs since before \/etc\/containerd\/config\.toml changed -> restart/],
);
finds(
  "a containerd that was replaced while it runs",
  (host) => {
    old(host);
    addContainerd(host, "/usr/bin/containerd (deleted)");
  },
  [/^warning containerd: was replaced while it runs/],
);
test("doctor – finds – a containerd that is too old, or none", async (t) => {
  using host = new MadeUpHost("1.5.18");
  t.regex((await find(checkContainerd, host)).join("\n"), /^failure containerd: 1\.5\.18.* -> use containerd 1\.6/);
  const surroundings = { ...host.surroundings(), searchPath: "" };
  t.like((await checkContainerd(surroundings))[0], { level: "warning", message: "not on this host" });
});
