// A daemon whose isolated hook writes its pid to `pid` in the directory given as argument, and then loops.
import { never, subject } from "./hooks.ts";
import { openIsolated } from "./isolated-plugin.ts";

const [path = ""] = process.argv.slice(2);
const dir = { path, join: (name: string) => `${path}/${name}`, [Symbol.dispose]: () => {} };
const hook = `export default { name: "x", apiVersion: 1, hooks: { preStart: { timeoutMs: 600_000, handler(event, { config }) {
  const fs = process.getBuiltinModule("fs");
  fs.writeFileSync(config.dir + "/new", String(process.pid));
  fs.renameSync(config.dir + "/new", config.dir + "/pid");
  for (;;);
} } } };`;
const { chain } = await openIsolated(dir, hook);
await chain.run("preStart", subject, { signal: never });
