import { isAbsolute } from "node:path";
import { invalidArgument } from "../errors/errors.ts";
import { wire } from "../proto/gen/wire.js";
import type { CheckpointRequest } from "./runtime.ts";

/** containerd 1.6 and 1.7 send the second type for a runtime that is not called runc. */
const types = {
  "containerd.runc.v1.CheckpointOptions": wire.CheckpointOptions,
  "containerd.linux.runc.CheckpointOptions": wire.LinuxCheckpointOptions,
} as const;

/**
 * Decodes the options of a Checkpoint request and keeps all their fields. `path` is the request's; the options may
 * replace it, as containerd itself does for runtimes that it knows. Without a type, or without any options, the
 * container keeps running and nothing else is set.
 * @throws {StatusError} InvalidArgument – another type, bytes that are not such a message, or a path that is not
 *   absolute.
 */
export function decodeCheckpointOptions(any: wire.Any.$Properties | undefined, path: string): CheckpointRequest {
  const typeUrl = any?.type_url ?? "";
  const name = typeUrl.slice(typeUrl.lastIndexOf("/") + 1) || "containerd.runc.v1.CheckpointOptions";
  if (!Object.hasOwn(types, name)) throw invalidArgument(`checkpoint options of type ${typeUrl} are not supported`);
  const options = decode(name as keyof typeof types, any?.value ?? new Uint8Array());
  const request: CheckpointRequest = {
    imagePath: options.image_path || path,
    workPath: options.work_path,
    exit: options.exit,
    openTcp: options.open_tcp,
    externalUnixSockets: options.external_unix_sockets,
    terminal: options.terminal,
    fileLocks: options.file_locks,
    emptyNamespaces: options.empty_namespaces,
    cgroupsMode: options.cgroups_mode,
    parentPath: "parent_path" in options ? options.parent_path : "",
  };
  validate(request);
  return request;
}

function decode(name: keyof typeof types, value: Uint8Array): wire.CheckpointOptions | wire.LinuxCheckpointOptions {
  try {
    return types[name].decode(value);
  } catch (error) {
    throw invalidArgument(`checkpoint options are no ${name}: ${(error as Error).message}`);
  }
}

function validate({ imagePath, workPath, parentPath, emptyNamespaces, cgroupsMode }: CheckpointRequest): void {
  for (const text of [imagePath, workPath, parentPath, cgroupsMode, ...emptyNamespaces]) {
    if (text.includes("\0")) throw invalidArgument(`checkpoint has a NUL character in ${JSON.stringify(text)}`);
  }
  if (!isAbsolute(imagePath)) {
    throw invalidArgument(`path ${JSON.stringify(imagePath)} of the checkpoint is not an absolute path`);
  }
  if (workPath !== "" && !isAbsolute(workPath)) {
    throw invalidArgument(`work path ${JSON.stringify(workPath)} of the checkpoint is not an absolute path`);
  }
}
