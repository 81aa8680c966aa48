import { list, type Part, part } from "./spec.ts";

/**
 * The devices that every container may use, as in containerd's default rules: null, zero, full, random, urandom, tty,
 * console, ptmx, pts and tun.
 * @see https://github.com/containerd/containerd/blob/main/pkg/oci/spec_opts.go WithDefaultUnixDevices
 */
const standard = ["c 1:3", "c 1:5", "c 1:7", "c 1:8", "c 1:9", "c 5:0", "c 5:1", "c 5:2", "c 136:*", "c 10:200"];

/** The findings of a device policy; undefined: nothing was found. */
export interface DeviceFindings {
  /** Access to all devices of the host, or to all of a kind. */
  readonly privileged?: string | undefined;
  /** Access to a device that is not allowed. */
  readonly devices?: string | undefined;
}

/**
 * Judges the devices of a container. `allowed` adds devices to the standard ones, such as `c 10:229` or `c 195:*`. A
 * rule must deny all devices: without one, crun leaves accessible whatever the parent cgroup allows.
 */
export function judgeDevices(linux: Part, allowed: readonly string[]): DeviceFindings {
  const resources = part(linux["resources"]);
  const isClosed = rulesOf(resources).some((rule) => !isAllow(rule) && isForAll(rule));
  const nodes = list(linux["devices"]).map(part);
  return {
    privileged: isClosed ? judgeRules(resources, allowed).privileged : "may use every device of the host",
    devices:
      judgeRules(resources, allowed).devices ??
      first(
        nodes
          .filter(({ type }) => type !== "p")
          .map((node) => ({ ...node, type: node["type"] === "u" ? "c" : node["type"] })),
        allowed,
        "gets",
      ) ??
      (Object.keys(part(linux["netDevices"])).length === 0 ? undefined : "gets network devices of the host"),
  };
}

/** Judges the device rules of an update, which are added to those that the container already has. */
export function judgeRules(resources: Part, allowed: readonly string[]): DeviceFindings {
  const rules = rulesOf(resources).filter((rule) => isAllow(rule) && rule["access"] !== "m"); // mknod alone opens none
  const isOpen = rules.some((rule) => !isConcrete(rule));
  return {
    privileged: isOpen ? "may use every device of the host" : undefined,
    devices: first(rules.filter(isConcrete), allowed, "may use"),
  };
}

const rulesOf = (resources: Part): readonly Part[] => list(resources["devices"]).map(part);
const isAllow = ({ allow }: Part): boolean => Boolean(allow);
const isAny = (value: unknown): boolean => value === undefined || value === null || value === -1;

/** Whether a rule has a type and a major number. Anything else stands for many devices, at least for some runtime. */
function isConcrete({ type, major }: Part): boolean {
  return (type === "b" || type === "c") && Number.isInteger(major) && Number(major) >= 0;
}

function isForAll({ type, major, minor, access }: Part): boolean {
  const isEveryAccess = access === undefined || [..."rwm"].every((letter) => String(access).includes(letter));
  return (type === undefined || type === null || type === "a") && isAny(major) && isAny(minor) && isEveryAccess;
}

function first(devices: readonly Part[], allowed: readonly string[], verb: string): string | undefined {
  const names = devices.map(({ type, major, minor }) => `${type} ${major}:${isAny(minor) ? "*" : minor}`);
  const found = names.find((name) => !isCovered(name, [...standard, ...allowed]));
  return found && `${verb} the device ${found} of the host`;
}

function isCovered(name: string, allowed: readonly string[]): boolean {
  return allowed.includes(name) || allowed.includes(name.replace(/:\d+$/, ":*"));
}
