/**
 * Runs a command in a VM with cgroup v2, and exits with its status:
 * `node scripts/vm.ts 'cat /sys/fs/cgroup/cgroup.controllers'`.
 */
import { runInVm } from "./vm/run.ts";

const command = process.argv.slice(2).join(" ");
const script = `cd '${process.cwd()}' && ${command || "cat /proc/self/cgroup"}`;
process.exitCode = await runInVm(script, (line) => console.log(line), new AbortController().signal);
