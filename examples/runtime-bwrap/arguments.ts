import { lstatSync } from "node:fs";
import { join, resolve } from "node:path";
import { notFound, type OciMount, type OciSpec, unimplemented } from "@dunnage/core";

/** What of config.json bwrap can do, as its arguments. @see bwrap(1) */
export function bwrapArgs({ process = {}, root, hostname, mounts = [], linux }: OciSpec, bundle: string): string[] {
  const { args = [], env = [], cwd = "/", user: { uid = 0, gid = 0 } = {}, capabilities } = process;
  if (linux?.namespaces?.some(({ path }) => path)) throw unimplemented("bwrap joins no namespace");
  const namespaces = (linux?.namespaces ?? []).map(({ type }) => type).filter((type) => type !== "mount");
  return [
    ["--bind", resolve(bundle, root?.path ?? "rootfs"), "/", ...mounts.flatMap(mountArgs)],
    root?.readonly ? ["--remount-ro", "/"] : [],
    namespaces.map((type) => `--unshare-${type === "network" ? "net" : type}`),
    namespaces.includes("pid") ? ["--as-pid-1"] : [],
    hostname ? ["--hostname", hostname] : [],
    uid || gid ? ["--unshare-user", "--uid", `${uid}`, "--gid", `${gid}`] : [],
    ["--cap-drop", "ALL", ...(capabilities?.bounding ?? []).flatMap((name) => ["--cap-add", name])],
    ["--clearenv", ...env.flatMap((entry) => ["--setenv", ...entry.split(/=(.*)/s, 2)])],
    ["--die-with-parent", "--new-session", "--chdir", cwd, "--", ...args],
  ].flat();
}

/** `/dev` is bwrap's own; what is not here (the cgroup file system) its containers do not have. */
function mountArgs({ destination, type = "bind", source = "", options = [] }: OciMount): string[] {
  if (destination === "/dev") return ["--dev", destination];
  if (type === "bind") return [options.includes("ro") ? "--ro-bind" : "--bind", source, destination];
  if (type === "sysfs") return ["--ro-bind", "/sys", destination];
  return ["proc", "tmpfs", "mqueue"].includes(type) ? [`--${type}`, destination] : [];
}

/** @throws {StatusError} NotFound – the program is not in the root file system; bwrap itself would say so after `start`. */
export function requireProgram({ process: { args: [name = ""] = [], env = [] } = {}, root }: OciSpec, bundle: string) {
  const rootfs = resolve(bundle, root?.path ?? "rootfs");
  const path = env.find((entry) => entry.startsWith("PATH="))?.slice("PATH=".length) ?? "/usr/bin:/bin";
  const files = (name.includes("/") ? [""] : path.split(":")).map((dir) => join(rootfs, dir, name));
  if (name !== "" && files.some((file) => lstatSync(file, { throwIfNoEntry: false }))) return;
  throw notFound(`exec: "${name}": executable file not found in $PATH`);
}
