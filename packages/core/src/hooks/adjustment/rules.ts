import { listAt, setEntry, type Table, tableAt } from "../../spec/table.ts";
import type { AdjustmentOp } from "./adjustment.ts";
import * as ceilings from "./ceilings.ts";
import { dropEntry, dropVariable, putEntry, putVariable } from "./keyed-list.ts";
import * as tighten from "./tighten.ts";
import * as check from "./values.ts";

/** Applies an operation. */
type Apply = (target: Table, operand: check.Operand) => void;

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
  "/process/args": setIn(processOf, check.args),
  "/process/cwd": setIn(processOf, check.absolute),
  "/process/user": setIn(processOf, toUser),
  "/process/apparmorProfile": setIn(processOf, check.text),
  "/process/env/*": {
    set: (target, { key, value, path }) => putVariable(env(target), variable(key), check.text(value, path)),
    remove: (target, { key }) => dropVariable(env(target), key),
  },
  "/process/rlimits/*": {
    set: (target, { key: type, value, path }) => {
      const { soft, hard } = check.specifiedTable(value, path);
      const limit = { type, soft: check.count(soft, `${path}, soft`), hard: check.count(hard, `${path}, hard`) };
      putEntry(listAt(processOf(target), "rlimits"), "type", limit);
    },
    tighten: (target, operand) => tighten.lowerRlimit(processOf(target), operand),
  },
  "/process/capabilities": {
    tighten: (target, operand) => tighten.dropCapabilities(processOf(target), operand),
  },
  "/process/noNewPrivileges": {
    tighten: (target, { key, value, path }) => setEntry(processOf(target), key, check.yes(value, path)),
  },
  "/root/readonly": {
    tighten: (target, { key, value, path }) => setEntry(tableAt(target, "root"), key, check.yes(value, path)),
  },
  "/annotations/*": tableEntry((target) => tableAt(target, "annotations"), check.text),
  "/mounts/*": {
    set: (target, { key: destination, value, path }) =>
      putEntry(listAt(target, "mounts"), "destination", {
        ...check.specifiedTable(value, path),
        destination: check.absolute(destination, path),
      }),
    remove: (target, { key }) => dropEntry(listAt(target, "mounts"), "destination", key),
    tighten: (target, { key }) => tighten.mountReadonly(target, key),
  },
  "/linux/seccomp": setIn(linuxOf, check.specifiedTable),
  "/linux/sysctl/*": tableEntry((target) => tableAt(linuxOf(target), "sysctl"), check.text),
  "/linux/devices/*": {
    set: (target, { key: device, value, path }) =>
      putEntry(listAt(linuxOf(target), "devices"), "path", {
        ...check.specifiedTable(value, path),
        path: check.absolute(device, path),
      }),
    remove: (target, { key }) => dropEntry(listAt(linuxOf(target), "devices"), "path", key),
  },
  "/linux/maskedPaths": {
    tighten: (target, operand) => tighten.addPaths(linuxOf(target), operand),
  },
  "/linux/readonlyPaths": {
    tighten: (target, operand) => tighten.addPaths(linuxOf(target), operand),
  },
  "/linux/resources/devices": setIn(resourcesOf, check.specified),
  "/linux/resources/cpu": {
    tighten: (target, operand) => ceilings.lowerCpu(resourcesOf(target), operand),
  },
  "/linux/resources/cpu/*": tableEntry((target) => tableAt(resourcesOf(target), "cpu"), check.specified),
  "/linux/resources/memory/limit": limit("memory"),
  "/linux/resources/memory/*": tableEntry((target) => tableAt(resourcesOf(target), "memory"), check.specified),
  "/linux/resources/pids/limit": limit("pids"),
  "/linux/resources/blockIO/*": tableEntry((target) => tableAt(resourcesOf(target), "blockIO"), check.specified),
  "/linux/resources/unified/*": tableEntry((target) => tableAt(resourcesOf(target), "unified"), check.text),
  "/signal": { set: (target, { key, value, path }) => setEntry(target, key, check.signal(value, path)) },
};

/** Returns the rule for a path, undefined if there is none. */
export function findRule(steps: readonly string[]): Rule | undefined {
  const exact = `/${steps.join("/")}`;
  const keyed = `/${[...steps.slice(0, -1), "*"].join("/")}`;
  if (steps.some((step) => step.includes("/"))) return ruleOf(keyed);
  return ruleOf(exact) ?? ruleOf(keyed);
}

const ruleOf = (pattern: string): Rule | undefined =>
  Object.hasOwn(adjustmentPaths, pattern) ? adjustmentPaths[pattern] : undefined;

function limit(group: string): Rule {
  return {
    ...tableEntry((target) => tableAt(resourcesOf(target), group), check.specified),
    tighten: (target, operand) => ceilings.lowerLimit(resourcesOf(target), group, operand),
  };
}

function setIn(parent: (target: Table) => Table, checked: check.Check<unknown>): Rule {
  return { set: (target, { key, value, path }) => setEntry(parent(target), key, checked(value, path)) };
}

function tableEntry(parent: (target: Table) => Table, checked: check.Check<unknown>): Rule {
  return {
    set: (target, { key, value, path }) => setEntry(parent(target), key, checked(value, path)),
    remove: (target, { key }) => void delete parent(target)[key],
  };
}

const env = (target: Table): unknown[] => listAt(processOf(target), "env");

function variable(name: string): string {
  if (name !== "" && !/[=\0]/.test(name)) return name;
  throw new TypeError(`${JSON.stringify(name)} is no name of a variable`);
}

function toUser(value: unknown, path: string): Table {
  const { uid, gid, additionalGids, umask } = check.specifiedTable(value, path);
  const user: Table = { uid: check.count(uid, `${path}, uid`), gid: check.count(gid, `${path}, gid`) };
  if (umask !== undefined) user["umask"] = check.count(umask, `${path}, umask`);
  if (additionalGids !== undefined) {
    if (!Array.isArray(additionalGids)) throw new TypeError(`additionalGids for ${path} must be a list`);
    user["additionalGids"] = additionalGids.map((each) => check.count(each, `${path}, additionalGids`));
  }
  return user;
}
