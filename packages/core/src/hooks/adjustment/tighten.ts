import { entryOf, isTable, listAt, type Table } from "../../spec/table.ts";
import * as check from "./values.ts";

/** The five sets of an OCI process. @see https://man7.org/linux/man-pages/man7/capabilities.7.html */
const capabilitySets = ["bounding", "effective", "inheritable", "permitted", "ambient"];

/** Returns `CAP_SYS_ADMIN` for any spelling of it: `sys_admin`, `CAP_SYS_ADMIN`. */
export function toCapability(name: string): string {
  const upper = name.toUpperCase();
  return upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
}

/** Removes the capabilities in `drop` ("ALL": all of them), except those in `keep`, from every set. */
export function dropCapabilities(process: Table, { value, path }: check.Operand): void {
  const { drop, keep = [] } = check.table(value, path);
  const dropped = drop === "ALL" ? undefined : new Set(check.texts(drop, `${path}, drop`).map(toCapability));
  const kept = new Set(check.texts(keep, `${path}, keep`).map(toCapability));
  const sets = entryOf(process, "capabilities");
  if (!isTable(sets)) return;
  for (const name of capabilitySets) {
    const set = entryOf(sets, name);
    if (!Array.isArray(set)) continue;
    sets[name] = set.filter((entry) => {
      const capability = toCapability(String(entry));
      return kept.has(capability) || (dropped !== undefined && !dropped.has(capability));
    });
  }
}

/**
 * Makes the mount at `destination` read-only with `ro`. `rro`, which includes the mounts below it if the kernel can do
 * that, is not portable: it is not added, and stays if it is there.
 */
export function mountReadonly(spec: Table, destination: string): void {
  for (const mount of listAt(spec, "mounts")) {
    if (!isTable(mount) || entryOf(mount, "destination") !== destination) continue;
    const options = entryOf(mount, "options");
    const others = Array.isArray(options) ? options.filter((option) => option !== "rw" && option !== "ro") : [];
    mount["options"] = [...others, "ro"];
  }
}

/** Adds paths to a list that masks them or makes them read-only. */
export function addPaths(linux: Table, { key, value, path }: check.Operand): void {
  const list = listAt(linux, key);
  for (const entry of check.texts(value, path)) if (!list.includes(entry)) list.push(entry);
}

/** Lowers the soft and hard limit of a resource. If there is none, sets it. */
export function lowerRlimit(process: Table, { key: type, value, path }: check.Operand): void {
  const { soft, hard } = check.table(value, path);
  const limit = { soft: check.count(soft, `${path}, soft`), hard: check.count(hard, `${path}, hard`) };
  const rlimits = listAt(process, "rlimits");
  const found = rlimits.find((entry) => isTable(entry) && entryOf(entry, "type") === type);
  if (!isTable(found)) {
    rlimits.push({ type, ...limit });
    return;
  }
  found["soft"] = Math.min(Number(found["soft"] ?? limit.soft), limit.soft);
  found["hard"] = Math.min(Number(found["hard"] ?? limit.hard), limit.hard);
}
