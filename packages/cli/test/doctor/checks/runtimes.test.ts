import test from "ava";
import { checkRuntimes } from "../../../src/doctor/checks/runtimes.ts";
import { find, findsOf } from "../../_support/findings.ts";
import { MadeUpHost } from "../../_support/made-up-host.ts";

const finds = findsOf(test, checkRuntimes);

const runc = (version: string) => (host: MadeUpHost) =>
  void host.write("bin/runc", `#!/bin/sh\necho "runc version ${version}"\n`);
finds("nothing wrong with a new runc alone", runc("1.1.5+ds1"), []);
finds("a runtime that is too old", runc("0.9.1"), [/^warning runc: .*0\.9\.1.* -> use 1\.0 or newer/]);
finds("a runtime that does not run", (host) => void host.write("bin/runc", "#!/bin/sh\nexit 3\n"), [
  /^failure runc: .*does not tell its version/,
]);
finds(
  "a binary of the configuration that is missing",
  (host) => {
    runc("1.1.5")(host);
    host.write("etc/dunnage/config.toml", '[runtimes.crun]\nbinary = "/nonexistent/crun"\n');
  },
  [/^failure crun: \/nonexistent\/crun is no program -> fix \[runtimes\.crun\]/],
);
test("doctor – finds – no runtime at all", async (t) => {
  using host = new MadeUpHost("1.7.24", []);
  t.regex((await find(checkRuntimes, host)).join("\n"), /^failure runtimes: none of runc, crun is there/m);
});
