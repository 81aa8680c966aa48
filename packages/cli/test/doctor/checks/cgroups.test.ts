import test from "ava";
import { checkCgroups } from "../../../src/doctor/checks/cgroups.ts";
import { findsOf, mounts } from "../../_support/findings.ts";

const finds = findsOf(test, checkCgroups);

const v1 = ["cpu,cpuacct", "memory", "pids"].map((name) => [`cgroup/${name}`, "cgroup"] as const);
finds(
  "nothing wrong with cgroup v2",
  (host) => {
    mounts(host, ["cgroup", "cgroup2"]);
    host.write("cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
  },
  [],
);
finds("nothing wrong with cgroup v1", (host) => mounts(host, ...v1), []);
finds(
  "nothing wrong with hybrid cgroups whose controllers are all v1",
  (host) => {
    mounts(host, ...v1, ["cgroup/unified", "cgroup2"]);
    host.write("cgroup/unified/cgroup.controllers", "\n");
  },
  [],
);
finds("no cgroups", (host) => mounts(host, ["proc", "proc"]), [/^failure cgroups: .* -> mount -t cgroup2/]);
finds(
  "cgroup v2 without the memory controller",
  (host) => {
    mounts(host, ["cgroup", "cgroup2"]);
    host.write("cgroup/cgroup.controllers", "cpu pids\n");
  },
  [/^warning memory: .* -> boot with cgroup_enable=memory/],
);
finds(
  "hybrid cgroups with a controller that crun misses",
  (host) => {
    mounts(host, ...v1, ["cgroup/unified", "cgroup2"]);
    host.write("cgroup/unified/cgroup.controllers", "hugetlb\n");
  },
  [/^warning crun: hybrid.*hugetlb.* -> mkdir -p \/cgroup\/hugetlb && mount -t cgroup -o hugetlb cgroup/],
);
