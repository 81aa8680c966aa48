import { listAt, setEntry, type Table, tableAt } from "../../spec/table.ts";
import type { AdjustmentOp } from "./adjustment.ts";
import * as ceilings from "./ceilings.ts";
import { dropEntry, dropVariable, putEntry, putVariable } from "./keyed-list.ts";
import * as tighten from "./tighten.ts";
import * as value from "./values.ts";

/** Applies an operation. `key` is the last step of the path, `path` is for messages. */
type Apply = (target: Table, key: string, given: unknown, path: string) => void;

/** The operations that a path allows. */
export type Rule = { readonly [Op in AdjustmentOp]?: Apply };

const processOf = (target: Table): Table => tableAt(target, "process");
const linuxOf = (target: Table): Table => tableAt(target, "linux");
const resourcesOf = (target: Table): Table => tableAt(linuxOf(target), "resources");

/**
 * Every path that a hook can adjust; `*` stands for one step. Everything else stays as the client set it: the path of
 * the root, the path of the cgroup, namespaces, and OCI hooks, which would run on the host.
 */
export const adjustmentPaths: Readonly<Record<string, Rule>> = {
  "/process/args": setIn(processOf, value.args),
  "/process/cwd": setIn(processOf, value.absolute),
  "/process/user": setIn(processOf, toUser),
  "/process/apparmorProfile": setIn(processOf, value.text),
  "/process/env/*": {
    set: (target, name, given, path) => putVariable(env(target), variable(name), value.text(given, path)),
    remove: (target, name) => dropVariable(env(target), name),
  },
  "/process/rlimits/*": {
    set: (target, type, given, path) => {
      const { soft, hard } = value.specifiedTable(given, path);
      const limit = { type, soft: value.count(soft, `${path}, soft`), hard: value.count(hard, `${path}, hard`) };
      putEntry(listAt(processOf(target), "rlimits"), "type", limit);
    },
    tighten: (target, type, given, path) => tighten.lowerRlimit(processOf(target), type, given, path),
  },
  "/process/capabilities": {
    tighten: (target, _key, given, path) => tighten.dropCapabilities(processOf(target), given, path),
  },
  "/process/noNewPrivileges": {
    tighten: (target, key, given, path) => setEntry(processOf(target), key, value.yes(given, path)),
  },
  "/root/readonly": {
    tighten: (target, key, given, path) => setEntry(tableAt(target, "root"), key, value.yes(given, path)),
  },
  "/annotations/*": tableEntry((target) => tableAt(target, "annotations"), value.text),
  "/mounts/*": {
    set: (target, destination, given, path) =>
      putEntry(listAt(target, "mounts"), "destination", {
        ...value.specifiedTable(given, path),
        destination: value.absolute(destination, path),
      }),
    remove: (target, destination) => dropEntry(listAt(target, "mounts"), "destination", destination),
    tighten: (target, destination) => tighten.mountReadonly(target, destination),
  },
  "/linux/seccomp": setIn(linuxOf, value.specifiedTable),
  "/linux/sysctl/*": tableEntry((target) => tableAt(linuxOf(target), "sysctl"), value.text),
  "/linux/devices/*": {
    set: (target, device, given, path) =>
      putEntry(listAt(linuxOf(target), "devices"), "path", {
        ...value.specifiedTable(given, path),
        path: value.absolute(device, path),
      }),
    remove: (target, device) => dropEntry(listAt(linuxOf(target), "devices"), "path", device),
  },
  "/linux/maskedPaths": {
    tighten: (target, key, given, path) => tighten.addPaths(linuxOf(target), key, given, path),
  },
  "/linux/readonlyPaths": {
    tighten: (target, key, given, path) => tighten.addPaths(linuxOf(target), key, given, path),
  },
  "/linux/resources/devices": setIn(resourcesOf, value.specified),
  "/linux/resources/cpu": {
    tighten: (target, _key, given, path) => ceilings.lowerCpu(resourcesOf(target), given, path),
  },
  "/linux/resources/cpu/*": tableEntry((target) => tableAt(resourcesOf(target), "cpu"), value.specified),
  "/linux/resources/memory/limit": limit("memory"),
  "/linux/resources/memory/*": tableEntry((target) => tableAt(resourcesOf(target), "memory"), value.specified),
  "/linux/resources/pids/limit": limit("pids"),
  "/linux/resources/blockIO/*": tableEntry((target) => tableAt(resourcesOf(target), "blockIO"), value.specified),
  "/linux/resources/unified/*": tableEntry((target) => tableAt(resourcesOf(target), "unified"), value.text),
  "/signal": { set: (target, key, given, path) => setEntry(target, key, value.signal(given, path)) },
};

/** Returns the rule for a path, undefined if there is none. */
export function findRule(steps: readonly string[]): Rule | undefined {
  const exact = `/${steps.join("/")}`;
  const keyed = `/${[...steps.slice(0, -1), "*"].join("/")}`;
  if (steps.some((step) => step.includes("/"))) return own(keyed);
  return own(exact) ?? own(keyed);
}

const own = (pattern: string): Rule | undefined =>
  Object.hasOwn(adjustmentPaths, pattern) ? adjustmentPaths[pattern] : undefined;

function limit(group: string): Rule {
  return {
    ...tableEntry((target) => tableAt(resourcesOf(target), group), value.specified),
    tighten: (target, _key, given, path) => ceilings.lowerLimit(resourcesOf(target), group, given, path),
  };
}

function setIn(parent: (target: Table) => Table, check: value.Check<unknown>): Rule {
  return { set: (target, key, given, path) => setEntry(parent(target), key, check(given, path)) };
}

function tableEntry(parent: (target: Table) => Table, check: value.Check<unknown>): Rule {
  return {
    set: (target, key, given, path) => setEntry(parent(target), key, check(given, path)),
    remove: (target, key) => void delete parent(target)[key],
  };
}

const env = (target: Table): unknown[] => listAt(processOf(target), "env");

function variable(name: string): string {
  if (name !== "" && !/[=\0]/.test(name)) return name;
  throw new TypeError(`${JSON.stringify(name)} is no name of a variable`);
}

function toUser(given: unknown, path: string): Table {
  const { uid, gid, additionalGids, umask } = value.specifiedTable(given, path);
  const user: Table = { uid: value.count(uid, `${path}, uid`), gid: value.count(gid, `${path}, gid`) };
  if (umask !== undefined) user["umask"] = value.count(umask, `${path}, umask`);
  if (additionalGids !== undefined) {
    if (!Array.isArray(additionalGids)) throw new TypeError(`additionalGids for ${path} must be a list`);
    user["additionalGids"] = additionalGids.map((each) => value.count(each, `${path}, additionalGids`));
  }
  return user;
}
