import type { OciSpec } from "@dunnage/core";
import { cleanPath } from "../cel/functions.ts";

/** A JSON object from a client's specification: anything may be missing or of another type. */
export type Part = Readonly<Record<string, unknown>>;

/** Returns a value if it is an object, else an empty one. */
export function part(value: unknown): Part {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Part) : {};
}

/** Returns the entries of a value if it is a list, else none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the strings of a list. */
export function texts(value: unknown): readonly string[] {
  return list(value).filter((entry): entry is string => typeof entry === "string");
}

/**
 * Returns the path without `.` and doubled slashes; undefined for a path with `..`, whose target depends on a link
 * before it.
 */
export function plainPath(path: string): string | undefined {
  return path.split("/").includes("..") ? undefined : cleanPath(path);
}

export const linuxOf = (spec: OciSpec): Part => part(spec.linux);
export const mountsOf = (spec: OciSpec): readonly Part[] => list(spec.mounts).map(part);

/** Returns every capability in any of a process's sets. */
export function capabilitiesOf(process: Part): ReadonlySet<string> {
  return new Set(Object.values(part(process["capabilities"])).flatMap(texts));
}
