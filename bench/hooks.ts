/**
 * Measures what hooks cost: one stage of a chain, in µs (p50), with one hook in each place where hooks can run. Run
 * `node bench/hooks.ts`. The event has an OCI configuration of 8 KiB, as containerd creates it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { defaultConfig } from "../packages/core/src/bootstrap/config/config.ts";
import type { Surroundings } from "../packages/core/src/bootstrap/context.ts";
import { openHooks } from "../packages/core/src/bootstrap/hooks/open-hooks.ts";
import { withOwnSchemes } from "../packages/core/src/bootstrap/plugins/hook-servers.ts";
import { isolateWith } from "../packages/core/src/bootstrap/plugins/isolate-with.ts";
import { configPath } from "../packages/core/src/bootstrap/surroundings.ts";
import type { HookChain } from "../packages/core/src/hooks/chain/chain.ts";
import { loadPlugins, type PluginSource } from "../packages/core/src/hooks/loader/load-plugins.ts";
import { silentLogger } from "../packages/core/src/log/logger.ts";
import { policySchemes } from "../packages/policy/src/schemes.ts";

const count = 2_000;
const rounds = 5;
const dir = mkdtempSync(join(tmpdir(), "dunnage-bench-"));
const never = new AbortController().signal;
const env = Array.from({ length: 100 }, (_, i) => `VARIABLE_${i}=${"x".repeat(60)}`);
const capabilities = { bounding: ["CAP_CHOWN", "CAP_KILL"] };
const spec = { process: { args: ["/bin/sh"], env, cwd: "/", capabilities }, annotations: { a: "b" }, mounts: [] };
const container = {
  id: "c",
  namespace: "n",
  bundle: "/b",
  runtime: "runc",
  kind: "standalone",
  annotations: {},
} as const;

const surroundings = {
  self: [
    process.execPath,
    "--no-warnings",
    join(import.meta.dirname, "../packages/core/test/_support/plugin-program.ts"),
  ],
  libDir: dir,
  env: {},
  config: defaultConfig,
  configPath: configPath({}),
} as unknown as Surroundings;

async function load(source: Omit<PluginSource, "name">): Promise<HookChain> {
  const options = { log: silentLogger, schemes: withOwnSchemes(policySchemes), isolate: isolateWith(surroundings) };
  const { hooks, error } = await loadPlugins([{ name: "p", timeoutMs: 5_000, ...source }], options);
  if (error !== undefined) throw error;
  return hooks;
}

function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text, { mode: 0o644 });
  return join(dir, name);
}

const plugin = file(
  "p.mjs",
  `export default { name: "x", apiVersion: 1, hooks: { preCreate(event) { void event.spec; } } };`,
);
const rules = Array.from(
  { length: 8 },
  (_, i) => `[[validations]]
name = "rule-${i}"
expression = '''!(process.args[0] in ["/bin/x${i}", "nc"]) && container.namespace != "x${i}"'''
message = "no"
`,
);
const policy = file(
  "p.toml",
  `apiVersion = "dunnage/v1"\nname = "p"\n[match]\nstages = ["preCreate"]\n${rules.join("")}`,
);
const server = new Worker(new URL("hook-server.ts", import.meta.url), { argv: [join(dir, "s.sock")] });
await new Promise((resolve) => server.once("message", resolve));

/** The hooks of a daemon without configuration: each call checks whether there still is none. */
const { hooks: none } = await openHooks({ ...surroundings, daemonDir: dir }, silentLogger, policySchemes);

const chains: Readonly<Record<string, HookChain>> = {
  "in the daemon": await load({ use: `module:${plugin}` }),
  "eight CEL rules": await load({ use: `policy:${policy}` }),
  "process of its own": await load({ use: `module:${plugin}`, isolation: { memoryBytes: 128 * 2 ** 20 } }),
  "server over ttrpc": await load({ use: `ttrpc:${join(dir, "s.sock")}` }),
};
const echo = new Worker(
  `const { parentPort } = require("node:worker_threads"); parentPort.on("message", () => parentPort.postMessage(1));`,
  {
    eval: true,
  },
);

async function p50(work: () => Promise<unknown>): Promise<number> {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await work();
    times[i] = (performance.now() - start) * 1000;
  }
  return times.sort()[count >> 1] ?? Number.NaN;
}

const measures: Record<string, () => Promise<unknown>> = {
  "no hooks": async () => {
    await none.refresh();
    return none.has("preCreate");
  },
};
for (const [what, chain] of Object.entries(chains)) {
  measures[what] = async () =>
    chain.has("preCreate") && (await chain.run("preCreate", { container, pid: 1, spec }, { signal: never }));
}
measures["worker, postMessage alone"] = () =>
  new Promise((resolve) => {
    echo.once("message", resolve);
    echo.postMessage(spec);
  });
for (const [what, work] of Object.entries(measures)) {
  await p50(work);
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) figures.push(await p50(work));
  console.log(
    `${what.padEnd(28)} ${figures
      .sort((a, b) => a - b)
      .map((each) => each.toFixed(1))
      .join("  ")} µs`,
  );
}
for (const chain of Object.values(chains)) chain.close();
await server.terminate();
await echo.terminate();
rmSync(dir, { recursive: true, force: true });
