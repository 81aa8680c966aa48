import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { checkPermissions } from "../../../src/doctor/checks/permissions.ts";
import { findsOf, main } from "../../_support/findings.ts";

const finds = findsOf(test, checkPermissions);

finds("nothing wrong with files of root's", (host) => void host.write(main, "version = 2\n"), []);
finds("a configuration of containerd that others may write", (host) => chmodSync(host.write(main, ""), 0o666), [
  /^failure \/etc\/containerd\/config\.toml: .*writable.* -> chown root and chmod/,
]);
finds(
  "a launcher that is not root's",
  (host) => chownSync(join(host.dir, "opt/bin/containerd-shim-dunnage-runc-v1"), 1000, 1000),
  [/^failure .*containerd-shim-dunnage-runc-v1: .*belongs to uid 1000/],
);
finds(
  "a runtime directory of another user",
  (host) => {
    mkdirSync(join(host.dir, "run/dunnage"), { recursive: true });
    chownSync(join(host.dir, "run/dunnage"), 1000, 1000);
  },
  [/^failure \/run\/dunnage: belongs to uid 1000: no daemon starts/],
);
finds(
  "a runtime directory that others may enter",
  (host) => {
    mkdirSync(join(host.dir, "run/dunnage"), { recursive: true, mode: 0o755 });
  },
  [/^warning \/run\/dunnage: others may enter it.* -> chmod 700/],
);
