import type { Mount } from "./mount.ts";

/** A part between colons; a colon, or another character, that follows a backslash belongs to the name. */
const names = /(?:\\.|[^:\\])+/gs;

/** Position of the lower directories among the options of an overlay; -1: another file system, or an overlay without. */
export function lowerDirIndex({ type, options }: Mount): number {
  return type === "overlay" ? options.findIndex((option) => option.startsWith(prefix)) : -1;
}

/** The lower directories of an option, as they stand there: with backslashes. */
export function splitLowerDirs(option: string): readonly string[] {
  return option.slice(prefix.length).match(names) ?? [];
}

/** The name of a lower directory without the backslashes of the option. */
export function unescapeLowerDir(name: string): string {
  return name.replace(/\\(.)/gs, "$1");
}

/** The option with every lower directory replaced by an absolute path; colons in a row, which set data layers apart, stay. */
export function replaceLowerDirs(option: string, replace: (index: number) => string): string {
  let index = 0;
  const next = (): string => replace(index++).replace(/[\\:]/g, "\\$&");
  return prefix + option.slice(prefix.length).replace(names, next);
}

const prefix = "lowerdir=";
