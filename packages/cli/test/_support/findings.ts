import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestFn } from "ava";
import type { Finding } from "../../src/doctor/finding.ts";
import type { Surroundings } from "../../src/doctor/surroundings.ts";
import { MadeUpHost } from "./made-up-host.ts";

/** One part of `dunnage doctor`. */
export type Check = (surroundings: Surroundings) => Finding[] | Promise<Finding[]>;

/** Returns the findings as lines, without the host's directory. */
export async function find(check: Check, host: MadeUpHost): Promise<string[]> {
  mkdirSync(join(host.dir, "proc"), { recursive: true });
  const findings = await check(host.surroundings());
  return findings.map(({ level, subject, message, remedy }) =>
    `${level} ${subject}: ${message}${remedy === undefined ? "" : ` -> ${remedy}`}`.replaceAll(host.dir, ""),
  );
}

/**
 * Returns a function that adds a test. The test prepares a host and expects these findings, in this order; findings
 * that are ok are ignored.
 */
export function findsOf(test: TestFn, check: Check) {
  return (what: string, prepare: (host: MadeUpHost) => void | Promise<void>, expected: readonly RegExp[]): void =>
    test(`doctor – finds – ${what}`, async (t) => {
      using host = new MadeUpHost("1.7.24");
      await prepare(host);
      const lines = (await find(check, host)).filter((line) => !line.startsWith("ok "));
      t.is(lines.length, expected.length, lines.join("\n"));
      for (const [at, pattern] of expected.entries()) t.regex(lines[at] ?? "", pattern);
    });
}

/** Path of containerd's configuration, below a host's directory. */
export const main = "etc/containerd/config.toml";
/** Name of containerd's CRI plugin. */
export const cri = "io.containerd.grpc.v1.cri";

/** Returns containerd's table for one of our runtimes. */
export const runtimeTable = (handler: string, name: string): string =>
  `[plugins."${cri}".containerd.runtimes.${handler}]\n  runtime_type = "io.containerd.dunnage-${name}.v1"\n`;

/** Adds cgroup mounts: path below the host's directory, and type. */
export function mounts(host: MadeUpHost, ...list: readonly (readonly [path: string, type: string])[]): void {
  const lines = list.map(([path, type], i) => `${i} 1 0:${i} / ${join(host.dir, path)} rw - ${type} ${type} rw\n`);
  host.write("proc/self/mountinfo", lines.join(""));
}

/** Adds a made-up containerd that has been running with the host's configuration since second 1050 of the epoch. */
export const addContainerd = (host: MadeUpHost, exe = "/bin/sh"): void =>
  host.addProcess(7, 5000, { args: ["/usr/bin/containerd", "--config", host.config], exe });
