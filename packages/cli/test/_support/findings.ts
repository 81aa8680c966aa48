import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestFn } from "ava";
import type { Finding } from "../../src/doctor/finding.ts";
import type { Surroundings } from "../../src/doctor/surroundings.ts";
import { MadeUpHost } from "./made-up-host.ts";

/** One part of `dunnage doctor`. */
export type Check = (surroundings: Surroundings) => Finding[] | Promise<Finding[]>;

/** Findings as lines, without the host's directory. */
export async function find(check: Check, host: MadeUpHost): Promise<string[]> {
  mkdirSync(join(host.dir, "proc"), { recursive: true });
  const findings = await check(host.surroundings());
  return findings.map(({ level, subject, message, remedy }) =>
    `${level} ${subject}: ${message}${remedy === undefined ? "" : ` -> ${remedy}`}`.replaceAll(host.dir, ""),
  );
}

/** Adds tests that prepare a host and expect these findings that are not ok, in this order. */
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

/** containerd's table of a runtime of ours. */
export const runtimeTable = (handler: string, name: string): string =>
  `[plugins."${cri}".containerd.runtimes.${handler}]\n  runtime_type = "io.containerd.dunnage-${name}.v1"\n`;

/** Mounts of control groups: path below the host's directory, and type. */
export function mounts(host: MadeUpHost, ...list: readonly (readonly [path: string, type: string])[]): void {
  const lines = list.map(([path, type], i) => `${i} 1 0:${i} / ${join(host.dir, path)} rw - ${type} ${type} rw\n`);
  host.write("proc/self/mountinfo", lines.join(""));
}

/** A made-up containerd that runs with the host's configuration since second 1050 of the epoch. */
export const addContainerd = (host: MadeUpHost, exe = "/bin/sh"): void =>
  host.addProcess(7, 5000, { args: ["/usr/bin/containerd", "--config", host.config], exe });
