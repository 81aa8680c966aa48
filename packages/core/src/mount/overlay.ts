import type { Mount } from "./mount.ts";

/** A name between colons. A colon, or any other character, that follows a backslash belongs to the name. */
const names = /(?:\\.|[^:\\])+/gs;

/**
 * Returns the index of the option that holds the lower directories of an overlay. -1: another file system, or an
 * overlay without lower directories.
 */
export function lowerDirIndex({ type, options }: Mount): number {
  return type === "overlay" ? options.findIndex((option) => option.startsWith(prefix)) : -1;
}

/** Returns the lower directories of an option as written there: with backslashes. */
export function splitLowerDirs(option: string): readonly string[] {
  return option.slice(prefix.length).match(names) ?? [];
}

/** Returns the name of a lower directory without the backslashes of the option. */
export function unescapeLowerDir(name: string): string {
  return name.replace(/\\(.)/gs, "$1");
}

/**
 * Returns the option with every lower directory replaced by an absolute path. Consecutive colons, which separate data
 * layers, are preserved.
 */
export function replaceLowerDirs(option: string, replace: (index: number) => string): string {
  let index = 0;
  const next = (): string => replace(index++).replace(/[\\:]/g, "\\$&");
  return prefix + option.slice(prefix.length).replace(names, next);
}

const prefix = "lowerdir=";
