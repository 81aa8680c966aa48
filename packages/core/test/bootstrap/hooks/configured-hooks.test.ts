import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { loadConfig } from "../../../src/bootstrap/config/config.ts";
import { readConfigRevision } from "../../../src/bootstrap/config/config-revision.ts";
import type { Surroundings } from "../../../src/bootstrap/context.ts";
import { openHooks } from "../../../src/bootstrap/hooks/open-hooks.ts";
import { openKoffiLibc } from "../../../src/native/open-libc.ts";
import { never, subject } from "../../_support/hooks.ts";
import { RecordingLog } from "../../_support/recording-log.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const self = [process.execPath, "--no-warnings", join(import.meta.dirname, "../../_support/plugin-program.ts")];
const libc = openKoffiLibc();

/** Denies with the text of the file that its configuration names. It reads the file once. */
const plugin = `import { readFileSync } from "node:fs";
export default {
  name: "reader", apiVersion: 1,
  files: ({ file }) => [file],
  configSchema: { "~standard": { version: 1, vendor: "t", validate: ({ file }) => ({ value: { text: readFileSync(file, "utf8") } }) } },
  hooks: { preStart: { timeoutMs: 20_000, handler: (event, { deny, config }) => deny(config.text) } },
};`;

/** Opens the hooks of a configuration with that plugin, as a daemon does. */
async function open(t: ExecutionContext, extra = "") {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  const path = dir.join("config.toml");
  writeFileSync(dir.join("p.mjs"), plugin);
  writeFileSync(dir.join("words"), "old");
  writeFileSync(
    path,
    `[[plugin]]\nname = "p"\nuse = "module:${dir.path}/p.mjs"\nconfig = { file = "${dir.path}/words" }\n${extra}`,
  );
  const configRevision = readConfigRevision(path);
  const config = await loadConfig({ path });
  const known = { self, libDir: dir.path, env: {}, config, configRevision, libc, daemonDir: dir.path };
  const log = new RecordingLog();
  const { hooks } = await openHooks(known as unknown as Surroundings & { readonly daemonDir: string }, log, {});
  t.teardown(() => hooks.close());
  const says = async (text: string): Promise<void> => {
    await hooks.refresh();
    await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), { message: new RegExp(`: ${text} \\[id=`) });
  };
  return { dir, path, hooks, log, says };
}

/** Writes to a file without changing its inode, size or mtime. */
function editUnseen(path: string, text: string): void {
  const { mtimeNs } = statSync(path, { bigint: true });
  writeFileSync(path, text);
  const fd = openSync(path, "r+");
  libc.setModificationTime(fd, mtimeNs);
  closeSync(fd);
}

for (const [where, extra] of [
  ["in the daemon", ""],
  ["in a process of its own", 'isolation = "process"\n'],
] as const) {
  test(`configured hooks – follow a file that a plugin's configuration names – ${where}`, async (t) => {
    const { dir, says, hooks } = await open(t, extra);
    await says("old");
    t.is(hooks.refresh(), undefined);
    editUnseen(dir.join("words"), "new");
    await says("new");
    t.is(hooks.refresh(), undefined);
  });
}

test("configured hooks – follow a plugin's own file – only its ctime changes", async (t) => {
  const { dir, says } = await open(t);
  await says("old");
  editUnseen(dir.join("p.mjs"), plugin.replace("deny(config.text)", 'deny("not him!")'));
  await says("not him!");
});

test("configured hooks – load once for each change – a plugin is added", async (t) => {
  const { dir, path, hooks, log } = await open(t);
  writeFileSync(dir.join("q.mjs"), 'export default { name: "q", apiVersion: 1 };');
  writeFileSync(path, `[[plugin]]\nname = "q"\nuse = "module:${dir.path}/q.mjs"\n`);
  await hooks.refresh();
  t.is(hooks.refresh(), undefined);
  t.is(log.messages("info").length, 1);
});

test("configured hooks – a module that comes too late for its daemon – refuses all the same", async (t) => {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  mkdirSync(dir.join("etc"));
  const path = dir.join("etc/config.toml");
  writeFileSync(path, `[[plugin]]\nname = "p"\nuse = "module:${dir.path}/p.mjs"\n`);
  const config = await loadConfig({ path });
  const known = { config, configRevision: readConfigRevision(path), libc, daemonDir: dir.path, env: {}, self };
  const log = new RecordingLog();
  const { hooks } = await openHooks(known as unknown as Surroundings & { readonly daemonDir: string }, log, {});
  t.teardown(() => hooks.close());
  const shown = (): string => readFileSync(dir.join("stale-hooks"), "utf8");
  t.regex(shown(), /no such file/);
  writeFileSync(dir.join("p.mjs"), 'export default { name: "x", apiVersion: 1, module: {} };');
  await hooks.refresh();
  await t.throwsAsync(hooks.run("preCreate", subject, { signal: never }), { message: /no such file/ });
  t.regex(shown(), /plugin p has a module, and loads too late for this daemon/);
  writeFileSync(dir.join("p.mjs"), 'export default { name: "x", apiVersion: 1 };');
  await hooks.refresh();
  t.false(hooks.has("preCreate"));
  t.false(existsSync(dir.join("stale-hooks")));
});
