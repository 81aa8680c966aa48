import { fileURLToPath } from "node:url";
import { Code, Server, type Service, StatusError } from "@dunnage/ttrpc";
import protobuf from "protobufjs";

// The interface is one file, and any language's protobuf library reads it.
const file = fileURLToPath(import.meta.resolve("@dunnage/core/hooks.proto"));
const root = await new protobuf.Root().load(file, { keepCase: true });
const type = (name: string): protobuf.Type => root.lookupType(`dunnage.hooks.v1.${name}`);
const decode = (name: string, bytes: Uint8Array) => type(name).toObject(type(name).decode(bytes), { defaults: true });
const encode = (name: string, message: object) => type(name).encode(type(name).fromObject(message)).finish();
const parseJson = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString());
const toJson = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Programs that may be executed; from the plugin's table `config`. */
let allowed: readonly string[] = [];

const hooks: Service = {
  /** The first call of every connection: takes the configuration and says which stages it wants. */
  Configure(payload) {
    const { allow_exec = [] } = parseJson(decode("ConfigureRequest", payload)["config_json"]);
    if (!Array.isArray(allow_exec)) throw new StatusError(Code.InvalidArgument, "allow_exec must be a list");
    allowed = allow_exec;
    const wanted = [
      { stage: "preCreate", phase: "mutate" },
      { stage: "preExec", phase: "validate" },
      { stage: "exit" },
    ];
    return encode("ConfigureResponse", { name: "example", hooks: wanted });
  },

  /** A stage that waits for the answer. An empty one allows; what is thrown is a failure, which `on_error` judges. */
  Handle(payload) {
    const { stage, event_json } = decode("HandleRequest", payload);
    const event = parseJson(event_json);
    if (stage === "preCreate") {
      const adjustments = [{ op: "set", path: "/process/env/HOOKED_BY", value_json: toJson("example") }];
      return encode("HandleResponse", { adjustments });
    }
    const [program] = event.process.args;
    if (allowed.includes(program)) return encode("HandleResponse", {});
    return encode("HandleResponse", { deny: { reason: `${program} may not be executed`, rule: "allow-exec" } });
  },

  /** What has happened; no call waits for it. */
  Notify(payload) {
    for (const { event_json } of decode("NotifyRequest", payload)["events"]) {
      const { container, execId, exit } = parseJson(event_json);
      console.log(`${container.namespace}/${container.id} ${execId || "init"} ended with ${exit.exitStatus}`);
    }
    return encode("NotifyResponse", {});
  },
};

const [path = "/run/dunnage-hooks/hooks.sock"] = process.argv.slice(2);
process.umask(0o177); // the socket is for its owner alone
await new Server({ services: { "dunnage.hooks.v1.Hooks": hooks } }).listen({ path });
console.log(`listening on ${path}`);
