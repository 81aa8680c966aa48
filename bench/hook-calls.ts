import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { toOciProcess } from "../test/_support/bundle.ts";
import { Containerd } from "../test/_support/containerd.ts";
import { connectShim, type TaskClient } from "../test/_support/task-client.ts";
import { measurePaired } from "./paired.ts";
import type { Row } from "./report.ts";

/** Limited, since each pair publishes an event and the daemon ends only when all are delivered. */
const callsPerRound = 100;
const spec = { type_url: "any", value: Buffer.from(JSON.stringify(toOciProcess(["/bin/true"]))) };

/** Daemon configurations, by containerd's directory: a `preExec` hook in each place where a hook can run. */
const configurations: Readonly<Record<string, (dir: string) => string>> = {
  "no hooks": () => "",
  "in daemon": (dir) => `[[plugin]]\nname = "p"\nuse = "module:${plugin(dir)}"\n`,
  "8 of CEL": (dir) => `[[plugin]]\nname = "p"\nuse = "policy:${policy(dir)}"\n`,
  process: (dir) => `[[plugin]]\nname = "p"\nuse = "module:${plugin(dir)}"\nisolation = "process"\n`,
  ttrpc: (dir) => `[[plugin]]\nname = "p"\nuse = "ttrpc:${dir}/hooks.sock"\n`,
};

/**
 * Measures what hooks cost a client: Exec and its Delete. Nothing is started in between, so only the daemon is
 * measured. Ratios are relative to the daemon without hooks.
 */
export async function hookCalls(rounds: number): Promise<Row> {
  await using stack = new AsyncDisposableStack();
  const clients = new Map<string, TaskClient>();
  for (const [name, config] of Object.entries(configurations)) {
    const host = stack.use(await Containerd.start({ config }));
    if (name === "ttrpc") stack.defer(await serve(join(host.dir, "hooks.sock")));
    await host.runDetached("warm", ["/bin/sleep", "100000"]);
    clients.set(name, stack.use(await connectShim(host, "warm")));
  }
  const figures = await measurePaired([...clients.keys()], rounds, (name) => p50(clients.get(name) as TaskClient));
  return { what: "Exec and its Delete, hooks of preExec, p50", unit: "µs", figures };
}

async function p50(client: TaskClient): Promise<number> {
  const times = new Float64Array(callsPerRound);
  for (let i = 0; i < callsPerRound; i++) {
    const start = performance.now();
    await client.exec({ id: "warm", exec_id: "e", spec });
    await client.delete({ id: "warm", exec_id: "e" });
    times[i] = (performance.now() - start) * 1000;
  }
  return times.sort()[callsPerRound >> 1] ?? Number.NaN;
}

/** Starts a hook server that allows everything; returns a function that ends it. */
async function serve(path: string): Promise<() => Promise<void>> {
  const server = new Worker(new URL("hook-server.ts", import.meta.url), { argv: [path, "preExec"] });
  await new Promise((resolve) => server.once("message", resolve));
  return async () => void (await server.terminate());
}

function plugin(dir: string): string {
  const path = join(dir, "p.mjs");
  writeFileSync(
    path,
    `export default { name: "p", apiVersion: 1, hooks: { preExec(event) { void event.process; } } };\n`,
  );
  return path;
}

function policy(dir: string): string {
  const path = join(dir, "p.toml");
  const rules = Array.from(
    { length: 8 },
    (_, i) => `[[validations]]
name = "rule-${i}"
expression = '''!(process.args[0] in ["/bin/x${i}", "nc"]) && container.namespace != "x${i}"'''
`,
  );
  writeFileSync(path, `apiVersion = "dunnage/v1"\nname = "p"\n[match]\nstages = ["preExec"]\n${rules.join("")}`);
  return path;
}
