import type { Plugin } from "@dunnage/core";
import { builtinPlugin } from "../../src/index.ts";
import { runPlugin } from "./run-plugin.ts";

const namespaces = ["pid", "ipc", "network", "uts", "mount"].map((type) => ({ type }));
const resources = { devices: [{ allow: false, access: "rwm" }] };
const maskedPaths = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware"];
const readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** Returns a specification that pod-security accepts, with other fields at its top level. */
export const safeSpec = (parts: object = {}): object => ({
  process: { args: ["x"], user: { uid: 0 }, capabilities: { bounding: ["CAP_KILL"] } },
  root: { path: "rootfs" },
  linux: { namespaces, resources, maskedPaths, readonlyPaths },
  ...parts,
});

/** Runs a built-in policy at preCreate; returns its first denial, or "passed" without one. */
export async function judge(policy: string, event: object, config: object = {}): Promise<string> {
  const plugin = (await builtinPlugin(policy)) as Plugin;
  const { denied } = await runPlugin(plugin, "preCreate", { spec: safeSpec(), ...event }, config);
  return denied[0] ?? "passed";
}

/** Like `judge`, for one mount in an otherwise harmless container. */
export const judgeMount = (policy: string, mount: object, config: object = {}): Promise<string> =>
  judge(policy, { spec: safeSpec({ mounts: [mount] }) }, config);
