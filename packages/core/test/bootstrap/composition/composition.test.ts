import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { serve } from "../../../src/bootstrap/composition/composition.ts";
import { defaultConfig } from "../../../src/bootstrap/config/config.ts";
import { readConfigRevision } from "../../../src/bootstrap/config/config-revision.ts";
import type { DaemonContext } from "../../../src/bootstrap/context.ts";
import { openKoffiLibc } from "../../../src/native/open-libc.ts";
import { wire } from "../../../src/proto/gen/wire.js";
import { FakeRuntime } from "../../_support/task-fixture.ts";

/** Returns a daemon's context with one plugin, whose text is given. It does not need root. */
function contextOf(t: ExecutionContext, plugin: string, runtime = "fake"): DaemonContext & { readonly dir: string } {
  const dir = mkdtempSync(join(tmpdir(), "composition-"));
  t.teardown(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, "plugin.mjs"), plugin);
  writeFileSync(join(dir, "config.json"), JSON.stringify({ ociVersion: "1.0.2" }));
  const plugins = [{ name: "p", use: `module:${dir}/plugin.mjs`, config: {} }];
  return {
    dir,
    runtime: "none",
    libDir: dir,
    self: [],
    runtimeDir: dir,
    version: "0",
    env: {},
    openFilesLimit: { soft: 1024, hard: 1024 },
    config: { ...defaultConfig, plugins },
    configRevision: readConfigRevision(join(dir, "config.toml")),
    libc: openKoffiLibc(),
    namespace: "test",
    grpcAddress: "",
    ttrpcAddress: join(dir, "nobody.sock"),
    debug: false,
    daemonDir: dir,
    runtimeOf: () => runtime,
    released: () => {},
    containersChanged: () => {},
    shutdownRequested: () => {},
  };
}

async function create(context: DaemonContext & { readonly dir: string }): Promise<unknown> {
  const { services } = await serve(context, async (name) => (name === "fake" ? () => new FakeRuntime() : undefined));
  const payload = wire.CreateTaskRequest.encode({ id: "c", bundle: context.dir }).finish();
  const { signal } = new AbortController();
  const call = { service: "", method: "Create", metadata: new Map(), signal, connectionId: 1, attempt: 0 };
  return await services["containerd.task.v2.Task"]?.["Create"]?.(payload, call);
}

const plugin = (module: string): string => `
  import { definePlugin, Tokens } from "@dunnage/core";
  import { ContainerModule } from "inversify";
  export default definePlugin({ name: "p", apiVersion: 1, module: ${module} });
`;

test("serve – a plugin's module replaces a part of the daemon, by the daemon's own tokens", async (t) => {
  const context = contextOf(
    t,
    plugin(`new ContainerModule(({ rebind }) => rebind(Tokens.Runtimes).toConstantValue({
      get: () => Promise.reject(new Error("runtimes of the plugin")),
    }))`),
  );
  await t.throwsAsync(create(context), { message: "runtimes of the plugin" });
});

test("serve – a module that throws does not fail the start, but the first create, with the reason", async (t) => {
  const context = contextOf(t, plugin('new ContainerModule(() => { throw new Error("no such host"); })'));
  await t.throwsAsync(create(context), {
    instanceOf: StatusError,
    message: "dunnage: plugin p: its module does not load: no such host",
  });
});

test("serve – an unknown runtime is refused by its name", async (t) => {
  const context = contextOf(t, plugin("undefined"), "none");
  await t.throwsAsync(create(context), { instanceOf: StatusError, message: 'runtime "none": not found' });
});
