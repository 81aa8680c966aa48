import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { runCommandOk } from "./_support/command.ts";
import { CriContainerd } from "./_support/cri-containerd.ts";
import { Pod } from "./_support/cri-pod.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { readProcess } from "./_support/proc.ts";
import { searchPath } from "./_support/runtime-under-test.ts";

checkLeaks(test);

let cri: CriContainerd;
test.before(async () => {
  cri = await CriContainerd.start('linger = "1s"\n', "");
});
test.after.always(() => cri?.[Symbol.asyncDispose]());

const binDir = (): string[] => ["--bin-dir", join(cri.containerd.dir, "bin")];
const configFile = (): string => join(cri.containerd.dir, "containerd.toml");

/** Runs `dunnage` from the installation under test for the containerd under test. */
async function dunnage(command: string, ...args: readonly string[]): Promise<string> {
  const file = (await runCommandOk("/bin/sh", ["-c", "command -v dunnage"], { env: { PATH: searchPath } })).trim();
  return runCommandOk(file, [command, "--config", configFile(), ...args], { env: cri.containerd.env });
}

let pods = 0;

/** Runs a container in a pod of this handler; returns its output and the command line of its shim. */
async function tryHandler(handler: string): Promise<{ readonly output: string; readonly shim: string }> {
  const pod = await Pod.run(cri, `pod${++pods}`, handler);
  const container = await pod.start("one", ["/bin/sh", "-c", "echo it runs; exit 3"]);
  const output = `${await container.exitCode()} ${container.log()}`;
  const two = await pod.start("two", ["/bin/sleep", "1000"]);
  const shim = readProcess(readProcess(await two.pid())?.ppid ?? 0)?.argv.join(" ") ?? "";
  await pod.stop();
  await pod.remove();
  return { output, shim };
}

test.serial("install – pods run by the new handler, and by the default one as before – after a restart", async (t) => {
  const before = readFileSync(configFile());
  const shown = await dunnage("install", "--yes", "--runtime", "runc", ...binDir());
  t.regex(shown, /next: restart containerd/);
  await cri.restart();
  const found = JSON.parse(await dunnage("doctor", "--json"));
  t.is(found.failures, 0, JSON.stringify(found, undefined, 2));
  t.true(JSON.stringify(found).includes('"dunnage-runc","message":"registered, adapter runc"'));
  const ours = await tryHandler("dunnage-runc");
  t.is(ours.output, "3 it runs\n");
  t.regex(ours.shim, /^dunnage k8s\.io/);
  const ofDefault = await tryHandler("");
  t.is(ofDefault.output, "3 it runs\n");
  t.regex(ofDefault.shim, /containerd-shim-runc-v2/);

  await dunnage("uninstall", "--yes", ...binDir());
  t.deepEqual(readFileSync(configFile()), before);
  await cri.restart();
  await t.throwsAsync(Pod.run(cri, "gone", "dunnage-runc"), { message: /no runtime for "dunnage-runc" is configured/ });
  t.is((await tryHandler("")).output, "3 it runs\n");
});
