import { writeFileSync } from "node:fs";
import type { OciDialect } from "../../src/oci/dialect.ts";
import { lastError } from "../../src/oci/log-records.ts";
import { OciRuntime } from "../../src/oci/oci-runtime.ts";
import type { RuntimeDeps } from "../../src/runtime/define.ts";
import { OciBundle } from "../../src/testing/bundle/oci-bundle.ts";

/** The smallest possible dialect. */
export const fakeDialect: OciDialect = {
  name: "fake",
  defaultBinary: "fake-oci-runtime",
  defaultRoot: "/run/fake",
  errorText: lastError,
  isAbsent: (text) => text.includes("does not exist"),
  isStopped: (text) => text.includes("not running"),
  parsePids: (stdout) => JSON.parse(stdout),
};

/** Overrides for a test; undefined removes an ability. */
type DialectChange = { readonly [K in keyof OciDialect]?: OciDialect[K] | undefined };

/**
 * Opens an `OciRuntime` whose executable is a shell script. In the script `$verb` is the command, `$log` the log file,
 * `$pidfile` the pid file, and `$dir` a directory that exists as long as the bundle.
 */
export function openFakeRuntime(deps: RuntimeDeps, script: string, dialect: DialectChange = {}) {
  const bundle = new OciBundle();
  const binaryName = bundle.join("fake");
  writeFileSync(binaryName, `#!/bin/sh\ndir='${bundle.join()}'\n${prologue}\n${script}\n`, { mode: 0o755 });
  const container = { ...bundle.container, options: { ...bundle.container.options, binaryName } };
  const runtime = new OciRuntime({ ...fakeDialect, ...dialect } as OciDialect, deps);
  return { bundle, container, runtime, [Symbol.dispose]: () => bundle[Symbol.dispose]() };
}

const prologue = `
echo "$*" >> "$dir/calls"
for arg in "$@"; do
  case $flag in
    --log) log=$arg ;;
    --pid-file) pidfile=$arg ;;
    --process) process=$arg ;;
  esac
  flag=$arg
  case $arg in
    create|start|kill|delete|exec|ps|state|pause|resume) verb=\${verb:-$arg} ;;
  esac
done
fail() { printf '{"level":"error","msg":"%s"}' "$1" >> "$log"; exit 1; }
`;
