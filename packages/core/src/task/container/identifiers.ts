import { isAbsolute, normalize } from "node:path";
import { invalidArgument } from "../../errors/errors.ts";

const maxLength = 76;
/** PATH_MAX, without the final NUL. */
const maxPathLength = 4095;
const pattern = /^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$/;

/**
 * Checks a container or exec id by containerd's own rule; ids become file names.
 * @throws {StatusError} InvalidArgument
 * @see https://github.com/containerd/containerd/blob/main/pkg/identifiers/validate.go
 */
export function validateId(id: string, what: string): void {
  if (id === "") throw invalidArgument(`${what} is empty`);
  if (id.length > maxLength) throw invalidArgument(`${what} has ${id.length} characters, more than ${maxLength}`);
  if (!pattern.test(id)) throw invalidArgument(`${what} ${JSON.stringify(id)} does not match ${pattern.source}`);
}

/** @throws {StatusError} InvalidArgument – not an absolute, normal path, or too long for one. */
export function validateBundle(bundle: string): void {
  if (bundle.length > maxPathLength) {
    throw invalidArgument(`bundle has ${bundle.length} characters, more than ${maxPathLength}`);
  }
  if (!isAbsolute(bundle) || normalize(bundle) !== bundle || bundle.includes("\0")) {
    throw invalidArgument(`bundle ${JSON.stringify(bundle)} is not an absolute path`);
  }
}
