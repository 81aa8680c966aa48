import { writeFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import * as v from "valibot";
import { defaultConfig, loadConfig } from "../../../src/bootstrap/config/config.ts";
import { ConfigError } from "../../../src/bootstrap/config/config-error.ts";
import { checkRuntimeConfig } from "../../../src/bootstrap/config/runtime-config.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const schema = v.strictObject({
  platform: v.optional(v.picklist(["kvm", "systrap"], "must be kvm or systrap"), "systrap"),
});

function setUp(t: ExecutionContext, main: string, dropIn = "") {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  writeFileSync(dir.join("config.toml"), main);
  writeFileSync(dir.join("more.toml"), dropIn);
  return [dir.join("config.toml"), dir.join("more.toml")] as const;
}

async function configOf(t: ExecutionContext, main: string, dropIn = "") {
  const [path, more] = setUp(t, main, dropIn);
  const { readConfig } = await import("../../../src/bootstrap/config/config-reader.ts");
  return readConfig([path, more], defaultConfig);
}

test("checkRuntimeConfig – converts – by the schema, defaults included", async (t) => {
  const config = await configOf(t, `[runtimes.x]\nconfig = { platform = "kvm" }`);
  t.deepEqual(await checkRuntimeConfig(config, "x", schema), { platform: "kvm" });
  t.deepEqual(await checkRuntimeConfig(config, "y", schema), { platform: "systrap" });
});

test("checkRuntimeConfig – takes any table – no schema", async (t) => {
  const config = await configOf(t, `[runtimes.x.config]\na = [1]`);
  t.deepEqual(await checkRuntimeConfig(config, "x"), { a: [1] });
  t.deepEqual(await checkRuntimeConfig(await loadConfig({ path: "/nonexistent/config.toml" }), "x"), {});
});

interface ConfigTexts {
  readonly main: string;
  readonly dropIn?: string;
}

const says = test.macro(async (t, { main, dropIn = "" }: ConfigTexts, expected: string) => {
  const config = await configOf(t, main, dropIn);
  const error = await t.throwsAsync(checkRuntimeConfig(config, "x", schema), { instanceOf: ConfigError });
  t.is(error?.message.replaceAll(/\/\S*\//g, ""), expected);
});
const wrong = "`runtimes.x.config.platform` must be kvm or systrap";
test(
  "checkRuntimeConfig – names the line – in a table",
  says,
  { main: `\n[runtimes.x.config]\nplatform = "a"` },
  `config.toml:3: ${wrong}`,
);
test(
  "checkRuntimeConfig – names the line – in an inline table",
  says,
  { main: `[runtimes.x]\nconfig = { platform = "a" }` },
  `config.toml:2: ${wrong}`,
);
test(
  "checkRuntimeConfig – names the line – as a dotted key",
  says,
  { main: `\nruntimes.x.config.platform = "a"` },
  `config.toml:2: ${wrong}`,
);
test(
  "checkRuntimeConfig – names the line – of the last file that says it",
  says,
  { main: `[runtimes.x.config]\nplatform = "kvm"`, dropIn: `\n\n[runtimes.x.config]\nplatform = "a"` },
  `more.toml:4: ${wrong}`,
);
