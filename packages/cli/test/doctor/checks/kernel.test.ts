import test from "ava";
import { checkKernel } from "../../../src/doctor/checks/kernel.ts";
import { findsOf } from "../../_support/findings.ts";

const finds = findsOf(test, checkKernel);

finds(
  "nothing wrong with a new kernel",
  (host) => void host.write("proc/sys/kernel/osrelease", "6.1.0-13-amd64\n"),
  [],
);
finds("a kernel too old for Node", (host) => void host.write("proc/sys/kernel/osrelease", "4.9.0\n"), [
  /^failure kernel: Linux 4\.9\.0, \w+ -> use Linux 4\.18/,
]);
