import type { ExecutionContext, TestFn } from "ava";
import { Containerd } from "./containerd.ts";
import { type ContainerdVersion, containerdVersions } from "./containerd-version.ts";

export type Case = (t: ExecutionContext, containerd: Containerd) => Promise<void>;

/** The lines of containerd that are not the installed one. */
const laterVersions = containerdVersions.filter((version) => version !== "1.6");

/**
 * Starts a containerd of each later line before the first test and ends them after the last; returns how a case is declared
 * for all of them, or for those that it names. Cases run one after the other and share the containerd.
 */
export function eachVersion(test: TestFn) {
  const daemons = new Map<ContainerdVersion, Containerd>();
  test.before(async () => {
    for (const version of laterVersions) daemons.set(version, await Containerd.start({ version }));
  });
  test.after.always(async () => {
    const ended = await Promise.allSettled([...daemons.values()].map((daemon) => daemon[Symbol.asyncDispose]()));
    for (const result of ended) if (result.status === "rejected") throw result.reason;
  });
  return (title: string, run: Case, versions: readonly ContainerdVersion[] = laterVersions): void => {
    for (const version of versions) {
      test.serial(`containerd ${version} – ${title}`, async (t) => {
        const daemon = daemons.get(version);
        if (daemon === undefined) return t.fail("it did not start");
        await run(t, daemon);
      });
    }
  };
}
