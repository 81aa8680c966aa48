import { writeFileSync } from "node:fs";
import test from "ava";
import { cleanUp } from "../../../src/bootstrap/composition/clean-up.ts";
import { defaultConfig } from "../../../src/bootstrap/config/config.ts";
import { readConfigRevision } from "../../../src/bootstrap/config/config-revision.ts";
import { openKoffiLibc } from "../../../src/native/open-libc.ts";
import { defaultOptions } from "../../../src/runtime/options.ts";
import { writeJournal } from "../../../src/task/container/journal.ts";
import { TempDir } from "../../_support/temp-dir.ts";

/** Long enough to load a plugin on a busy machine, within the time that hooks are guaranteed. */
const limitMs = 12_000;

/** Cleans up after a dead daemon with one plugin, and returns the warnings. */
async function warningsWith(hooks: string): Promise<readonly string[]> {
  using dir = new TempDir();
  const [bundle, use] = [dir.path, `module:${dir.join("p.mjs")}`];
  writeFileSync(dir.join("p.mjs"), `export default { name: "p", apiVersion: 1, hooks: ${hooks} };`);
  writeFileSync(dir.join("config.json"), "{}");
  const daemon = { pid: 1, directory: dir.join("d") };
  writeJournal(bundle, { version: 1, id: "c1", namespace: "n", runtime: "none", options: defaultOptions, daemon });
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  const surroundings = {
    ...{ runtime: "none", libDir: dir.path, self: [], runtimeDir: dir.path, version: "0", env: {} },
    openFilesLimit: { soft: 1024, hard: 1024 },
    config: { ...defaultConfig, plugins: [{ name: "p", use, config: {} }] },
    configRevision: readConfigRevision(dir.join("config.toml")),
    libc: openKoffiLibc(),
  };
  const request = { id: "c1", namespace: "n", bundle, runtime: "none", limitMs, warn };
  await cleanUp(request, surroundings, { adapters: async () => undefined });
  return warnings;
}

test.serial("cleanUp – a hook that does not end – containerd's log names the stages that are pending", async (t) => {
  const hangs = "{ timeoutMs: 60_000, handler: () => new Promise(() => {}) }";
  t.deepEqual(await warningsWith(`{ exit() {}, postStop: ${hangs}, postDelete() {} }`), [
    "hooks of container c1 have not ended in time: postStop, postDelete",
  ]);
});

test.serial("cleanUp – all hooks end – no warning", async (t) => {
  t.deepEqual(await warningsWith("{ exit() {}, postStop() {} }"), []);
});
