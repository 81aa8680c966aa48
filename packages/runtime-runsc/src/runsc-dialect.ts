import { allErrors, type LogRecord, type OciDialect } from "@dunnage/core";
import { flagArgs, type RunscFlags } from "./flags.ts";
import { parsePids } from "./output.ts";
import { flagsOf } from "./toml-options.ts";

/** Kept short: newer versions have the sandbox's socket there, and a socket path has at most 107 bytes. */
export const defaultRoot = "/run/containerd/runsc";

/**
 * runsc's command line. Needs runsc of 2022 or newer.
 * @param defaults – flags for all containers; a container's options override them.
 * @see https://github.com/google/gvisor/tree/master/runsc/cmd
 */
export function runscDialect(defaults: RunscFlags): OciDialect {
  return {
    name: "runsc",
    defaultBinary: "runsc",
    defaultRoot,
    // A detached exec starts runsc again without the words that contain "detach", even in a path. So a flag and its
    // value must be one word, to be dropped together.
    joinsGlobalFlags: true,
    globalArgs: ({ id, options }) => flagArgs({ ...defaults, ...flagsOf(options) }, id),
    // The last record of a failed create says only that the sandbox is gone; the first ones say why.
    errorText,
    isAbsent: (text) =>
      /loading (?:container|sandbox)\b.*(?:file does not exist|no such file or directory)|container "[^"]*" not found/.test(
        text,
      ),
    isStopped: (text) => /sandbox is not running|in state stopped|no such process/i.test(text),
    parsePids,
  };
}

/** Newer kernels have net.core.rmem_default in every network namespace. These runsc versions take it as the host's. */
const hostNetwork = /cannot run with network enabled in root network namespace/;

function errorText(records: readonly LogRecord[]): string | undefined {
  const text = allErrors(records);
  if (text === undefined || !hostNetwork.test(text)) return text;
  return `${text} (on this kernel this version of runsc can only do with \`network = "none"\` or "host" in [runtimes.runsc.config])`;
}
