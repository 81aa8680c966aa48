import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code, StatusError } from "@dunnage/core";
import { type HookChain, loadChain } from "@dunnage/core/internal";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import test, { type ExecutionContext } from "ava";
import { defaultConfig } from "../../core/src/bootstrap/config/config.ts";
import { silentLogger } from "../../core/src/log/logger.ts";
import { openKoffiLibc } from "../../core/src/native/open-libc.ts";
import { ForeignListener } from "../../core/test/_support/foreign-listener.ts";
import { never, subject } from "../../core/test/_support/hooks.ts";
import { until } from "../../core/test/_support/until.ts";
import { grpcScheme } from "../src/scheme.ts";

const definition = loadSync(join(import.meta.dirname, "../../core/src/proto/def/hooks.proto"), { keepCase: true });
const service = definition["dunnage.hooks.v1.Hooks"] as never;

const libc = openKoffiLibc();

type Answer = (error: Error | null, answer?: object) => void;
interface Asked {
  readonly request: { readonly stage: string; readonly event_json: Buffer; readonly config_json: Buffer };
}

/** Serves hooks that deny every call, with the reason from the plugin's configuration. */
async function serve(path: string): Promise<Server> {
  const server = new Server();
  let reason = "";
  server.addService(service, {
    Configure: ({ request }: Asked, answer: Answer) => {
      reason = JSON.parse(String(request.config_json)).reason;
      answer(null, { name: "grpc-server", hooks: [{ stage: "preStart", timeout_ms: 2_000 }, { stage: "exit" }] });
    },
    Handle: ({ request }: Asked, answer: Answer) => {
      const { container } = JSON.parse(String(request.event_json));
      if (container.id === "late") return;
      answer(null, { deny: { reason: `${reason} ${container.id}`, rule: "r" } });
    },
    Notify: (_: unknown, answer: Answer) => answer(null, {}),
    Cancel: (_: unknown, answer: Answer) => answer(null, {}),
  });
  const bound = Promise.withResolvers<void>();
  server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) =>
    error === null ? bound.resolve() : bound.reject(error),
  );
  await bound.promise;
  return server;
}

async function setUp(t: ExecutionContext): Promise<{ path: string; load: () => Promise<HookChain> }> {
  const dir = mkdtempSync(join(tmpdir(), "dunnage-grpc-"));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, "hooks.sock");
  const plugins = [{ name: "p1", use: `grpc:${path}`, config: { reason: "no" } }];
  const load = async (): Promise<HookChain> => {
    const { hooks } = await loadChain({ ...defaultConfig, plugins }, { log: silentLogger, schemes: grpcScheme, libc });
    t.teardown(() => hooks.close());
    return hooks;
  };
  return { path, load };
}

async function refusal(t: ExecutionContext, hooks: HookChain, given = subject): Promise<StatusError> {
  const error = await t.throwsAsync(hooks.run("preStart", given, { signal: never }));
  t.true(StatusError.is(error), String(error));
  return error as StatusError;
}

test("gRPC server – denies, goes away and comes back – the same interface as over ttrpc", async (t) => {
  const { path, load } = await setUp(t);
  const first = await serve(path);
  const hooks = await load();
  const denied = await refusal(t, hooks);
  t.is(denied.code, Code.PermissionDenied);
  t.regex(denied.message, /^dunnage: denied by p1\/r at preStart: no c1 \[id=/);
  first.forceShutdown();
  const away = await refusal(t, hooks);
  t.is(away.code, Code.Unavailable);
  const second = await serve(path);
  t.teardown(() => second.forceShutdown());
  await until(async () => /no c1/.test((await refusal(t, hooks)).message));
});

test("gRPC server – does not answer, or gets an event of 10 MB – failures, and the next call is fine", async (t) => {
  const { path, load } = await setUp(t);
  const server = await serve(path);
  t.teardown(() => server.forceShutdown());
  const hooks = await load();
  const late = { ...subject, container: { ...subject.container, id: "late" } } as typeof subject;
  t.is((await refusal(t, hooks, late)).code, Code.Unavailable);
  const large = await refusal(t, hooks, { ...subject, spec: { args: ["x".repeat(10 * 2 ** 20)] } });
  t.is(large.code, Code.Internal);
  t.regex((await refusal(t, hooks)).message, /no c1/);
});

test("gRPC server – is missing – Unavailable, and it is asked again", async (t) => {
  const { path, load } = await setUp(t);
  const hooks = await load();
  t.is((await refusal(t, hooks)).code, Code.Unavailable);
  const server = await serve(path);
  t.teardown(() => server.forceShutdown());
  await until(async () => /no c1/.test((await refusal(t, hooks)).message));
});

test("gRPC server – is another user's process at a socket of root's – Unavailable, and it hears nothing", async (t) => {
  const { path, load } = await setUp(t);
  await using foreign = await ForeignListener.start(path);
  const error = await refusal(t, await load());
  t.is(error.code, Code.Unavailable);
  t.regex(error.message, /its server runs as uid 65534, not as root/);
  await until(() => foreign.received.length > 0);
  t.true(foreign.received.every((bytes) => bytes === 0));
});
