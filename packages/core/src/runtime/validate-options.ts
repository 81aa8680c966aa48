import { basename, isAbsolute } from "node:path";
import { invalidArgument } from "../errors/errors.ts";
import type { RuntimeOptions } from "./options.ts";

/** PATH_MAX, without the final NUL. */
const maxPathLength = 4095;
const maxUid = 0xffff_fffe;

const absolute = {
  root: "root",
  criuPath: "criu_path",
  criuImagePath: "criu_image_path",
  criuWorkPath: "criu_work_path",
} as const;
const ids = { ioUid: "io_uid", ioGid: "io_gid" } as const;

/**
 * Checks the paths and ids in a client's options before they are used. A relative path would be resolved against the
 * daemon's working directory, which does not concern any client.
 * @throws {StatusError} InvalidArgument – it names the field as containerd's protobuf message does.
 */
export function validateOptions(options: RuntimeOptions): void {
  const { binaryName } = options;
  if (binaryName.includes("/")) requireAbsolute("binary_name", binaryName);
  else requirePath("binary_name", binaryName);
  requirePath("shim_cgroup", options.shimCgroup);
  if (options.shimCgroup.includes("\n")) throw invalidArgument("options: shim_cgroup has a newline");
  if (options.criuPath !== "" && basename(options.criuPath) !== "criu") {
    throw invalidArgument(
      `options: criu_path ${JSON.stringify(options.criuPath)}: runtimes look for a program named criu`,
    );
  }
  for (const [field, name] of Object.entries(absolute)) {
    const path = options[field as keyof typeof absolute];
    if (path !== "") requireAbsolute(name, path);
  }
  for (const [field, name] of Object.entries(ids)) requireId(name, options[field as keyof typeof ids]);
}

function requireAbsolute(name: string, path: string): void {
  requirePath(name, path);
  if (!isAbsolute(path)) throw invalidArgument(`options: ${name} ${JSON.stringify(path)} is not an absolute path`);
}

function requirePath(name: string, path: string): void {
  if (path.length > maxPathLength) {
    throw invalidArgument(`options: ${name} has ${path.length} characters, more than ${maxPathLength}`);
  }
  if (path.includes("\0")) throw invalidArgument(`options: ${name} ${JSON.stringify(path)} has a NUL character`);
}

/** chown(2) takes the largest 32-bit number as "no change". */
function requireId(name: string, id: number): void {
  if (Number.isInteger(id) && id >= 0 && id <= maxUid) return;
  throw invalidArgument(`options: ${name} ${id} is not a user or group id`);
}
