import test from "ava";
import { parseFlags } from "../../../src/bootstrap/flags.ts";
import { parseStartRequest } from "../../../src/bootstrap/group/start-request.ts";
import { wire } from "../../../src/proto/gen/wire.js";

const flags = parseFlags(["-namespace", "ns", "-address", "/flag.sock", "-id", "c1", "start"]);
const env = { TTRPC_ADDRESS: "/env.ttrpc" };
const runcOptions = wire.RuncOptions.encode({ shim_cgroup: "/shims" }).finish();

const params = (given: wire.BootstrapParams.$Properties) =>
  Buffer.from(wire.BootstrapParams.encode({ instance_id: "c1", namespace: "ns", ...given }).finish());
const any = (type_url: string, value: Uint8Array = runcOptions) =>
  Buffer.from(wire.Any.encode({ type_url, value }).finish());

test("parseStartRequest – flags and environment – nothing on standard input", async (t) => {
  t.like(await parseStartRequest(flags, env, Buffer.alloc(0)), {
    id: "c1",
    namespace: "ns",
    grpcAddress: "/flag.sock",
    ttrpcAddress: "/env.ttrpc",
    debug: false,
    schedCore: false,
    socketDir: "",
    shimCgroup: "",
    dialect: "options",
  });
});

test("parseStartRequest – params override flags and environment – params", async (t) => {
  const input = params({
    containerd_ttrpc_address: "/p.ttrpc",
    containerd_grpc_address: "/p.sock",
    socket_dir: "/s",
    log_level: -4,
    extensions: [
      { value: { type_url: "other" } },
      { value: { type_url: "containerd.runc.v1.Options", value: runcOptions } },
    ],
  });
  t.like(await parseStartRequest(flags, env, input), {
    grpcAddress: "/p.sock",
    ttrpcAddress: "/p.ttrpc",
    socketDir: "/s",
    debug: true,
    shimCgroup: "/shims",
    dialect: "params",
  });
});

for (const [level, debug] of [
  [-8, true],
  [-4, true],
  [-3, false],
  [0, false],
  [12, false],
] as const) {
  test(`parseStartRequest – debug ${debug} – log level ${level}`, async (t) => {
    t.is((await parseStartRequest(flags, env, params({ log_level: level }))).debug, debug);
  });
}

test("parseStartRequest – not taken for params – another id or namespace in them", async (t) => {
  for (const given of [{ instance_id: "c2" }, { namespace: "other" }]) {
    const input = params({ ...given, containerd_grpc_address: "/p.sock", socket_dir: "/s" });
    t.like(await parseStartRequest(flags, env, input), {
      dialect: "options",
      grpcAddress: "/flag.sock",
      socketDir: "",
    });
  }
});

for (const typeUrl of ["containerd.runc.v1.Options", "type.googleapis.com/containerd.runc.v1.Options"]) {
  test(`parseStartRequest – shim cgroup of an Any – ${typeUrl}`, async (t) => {
    t.is((await parseStartRequest(flags, env, any(typeUrl))).shimCgroup, "/shims");
  });
}

test("parseStartRequest – shim cgroup in CRI's TOML – in both dialects", async (t) => {
  const value = wire.RuntimeTypeOptions.encode({
    config_body: Buffer.from('Platform = "systrap"\nShimCgroup = "/shims"\n'),
  }).finish();
  const type_url = "runtimeoptions.v1.Options";
  for (const input of [any(type_url, value), params({ extensions: [{ value: { type_url, value } }] })]) {
    t.is((await parseStartRequest(flags, env, input)).shimCgroup, "/shims");
  }
});

test("parseStartRequest – wrong options are for Create to refuse – none are heard", async (t) => {
  const newline = wire.RuncOptions.encode({ shim_cgroup: "/shims\n" }).finish();
  for (const value of [Buffer.from([0xff]), newline]) {
    t.is((await parseStartRequest(flags, env, any("containerd.runc.v1.Options", value))).shimCgroup, "");
  }
});

test("parseStartRequest – options of other types are the runtime's business – foreign Any", async (t) => {
  t.is((await parseStartRequest(flags, env, any("my.runtime.Options"))).shimCgroup, "");
});

test("parseStartRequest – InvalidArgument – neither message", async (t) => {
  await t.throwsAsync(parseStartRequest(flags, env, Buffer.from([0x0a, 0xff])), {
    message: /neither bootstrap parameters/,
  });
});

for (const id of ["", ".", "..", "a/b", "a\nb", "a\0b", "x".repeat(201)]) {
  test(`parseStartRequest – InvalidArgument – id ${JSON.stringify(id.slice(0, 10))}`, async (t) => {
    await t.throwsAsync(parseStartRequest({ ...flags, id }, env, Buffer.alloc(0)), { message: /^invalid id/ });
  });
}
