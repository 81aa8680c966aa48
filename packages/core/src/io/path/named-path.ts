import { StatusError } from "@dunnage/ttrpc";
import { invalidArgument, unknown } from "../../errors/errors.ts";

/** One stream of a process and the path that the client gave for it. */
export interface NamedPath {
  readonly stream: "stdin" | "stdout" | "stderr";
  readonly path: string;
}

const pathCodes = new Map([
  ["ENOENT", "no such file or directory"],
  ["EEXIST", "not a directory"], // from mkdir(2), which found a file
  ["ENOTDIR", "not a directory"],
  ["EISDIR", "is a directory"],
  ["ELOOP", "too many levels of symbolic links"],
  ["ENAMETOOLONG", "file name too long"],
  ["EACCES", "permission denied"],
  ["ENXIO", "no such device or address"],
  ["ERR_INVALID_ARG_VALUE", "a NUL byte in the path"], // Node refuses it; open(2) would cut the path off there
]);

/**
 * Returns the error for a path that cannot be opened: InvalidArgument if the path is at fault, Unknown otherwise. A
 * StatusError keeps its code.
 */
export function pathError({ stream, path }: NamedPath, cause: unknown): StatusError {
  if (cause instanceof StatusError)
    return new StatusError(cause.code, `opening ${stream} ${path} failed: ${cause.message}`);
  const text = pathCodes.get((cause as NodeJS.ErrnoException).code ?? "");
  if (text !== undefined) return invalidArgument(`opening ${stream} ${path} failed: ${text}`);
  return unknown(`opening ${stream} ${path} failed: ${(cause as Error).message}`, { cause });
}
