import { chmodSync } from "node:fs";
import test from "ava";
import { checkConfiguration } from "../../../src/doctor/checks/configuration.ts";
import { findsOf } from "../../_support/findings.ts";

const finds = findsOf(test, checkConfiguration);

finds("nothing wrong without a configuration", () => undefined, []);
finds(
  "a typo in the configuration, with file, line and key",
  (host) => {
    host.write("etc/dunnage/config.toml", 'version = 1\nlingr = "1s"\n');
  },
  [/^failure configuration: \/etc\/dunnage\/config\.toml:2: unknown key `lingr`.*`linger`/],
);
finds(
  "a required plugin whose drop-in is missing",
  (host) => {
    host.write("etc/dunnage/config.toml", '[hooks]\nrequired = ["corp-agent"]\n');
  },
  [/^failure configuration: \/etc\/dunnage\/config\.toml:2: `hooks\.required` "corp-agent" is missing/],
);
finds(
  "a plugin whose file is missing",
  (host) => {
    host.write("etc/dunnage/config.toml", '[[plugin]]\nname = "p"\nuse = "module:/nonexistent/p.mjs"\n');
  },
  [/^failure plugin p: \/nonexistent\/p\.mjs: no such file -> put the file there/],
);
finds(
  "a runtime's package that is missing",
  (host) => {
    host.write("etc/dunnage/config.toml", '[runtimes.acme]\nuse = "package:@acme/runtime"\n');
  },
  [/^failure runtime acme: @acme\/runtime: no such package, .* -> install the package/],
);
finds(
  "a runtime's module that others can write",
  (host) => {
    chmodSync(host.write("wasi.mjs", ""), 0o666);
    host.write("etc/dunnage/config.toml", `[runtimes.wasi]\nuse = "module:${host.dir}/wasi.mjs"\n`);
  },
  [/^failure runtime wasi: .*writable/],
);
finds(
  "an adapter that is not installed",
  (host) => {
    host.write("etc/dunnage/config.toml", '[runtimes.mine]\nuse = "builtin:rnuc"\n');
  },
  [/^failure runtime mine: no adapter rnuc.*did you mean `runc`/],
);
