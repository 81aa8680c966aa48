import { symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { checkRegistration } from "../../../src/doctor/checks/registration.ts";
import { addContainerd, cri, findsOf, main, runtimeTable } from "../../_support/findings.ts";
import type { MadeUpHost } from "../../_support/made-up-host.ts";

const finds = findsOf(test, checkRegistration);

function dumps(host: MadeUpHost, text: string): void {
  host.write("dump.toml", `version = 2\n${text}`);
  const script = `case "$*" in *dump) cat "${host.dir}/dump.toml" ;; *) echo "containerd x 1.7.24 y" ;; esac`;
  host.write("bin/containerd", `#!/bin/sh\nPATH=/bin:/usr/bin\n${script}\n`);
}
/** Registers a runtime, with a launcher where the running made-up containerd looks for it. */
function registered(host: MadeUpHost, name: string, launcher?: string): void {
  host.write(main, `version = 2\n${runtimeTable(`dunnage-${name}`, name)}`);
  dumps(host, runtimeTable(`dunnage-${name}`, name));
  addContainerd(host, join(host.dir, "bin/containerd"));
  if (launcher !== undefined) {
    symlinkSync(join(host.dir, launcher), join(host.binDir, `containerd-shim-dunnage-${name}-v1`));
  }
}
const launcher = "opt/bin/containerd-shim-dunnage-runc-v1";
finds("nothing wrong with a registered runtime", (host) => registered(host, "runc", launcher), []);
finds(
  "that nothing is registered",
  (host) => {
    host.write(main, "version = 2\n");
    dumps(host, "");
  },
  [/^warning registration: .* -> dunnage install/],
);
finds("a launcher that containerd does not find", (host) => registered(host, "runc"), [
  /^failure containerd-shim-dunnage-runc-v1: containerd does not find it in \/links:.* -> dunnage install --runtime runc/,
]);
finds(
  "a launcher of another installation",
  (host) => {
    host.write("other/bin/shim", "");
    registered(host, "runc", "other/bin/shim");
  },
  [/^warning containerd-shim-dunnage-runc-v1: \/links\/.* is of another installation/],
);
finds("a registered runtime without an adapter", (host) => registered(host, "nothing", launcher), [
  /^failure containerd-shim-dunnage-nothing-v1: no adapter nothing/,
]);
finds(
  "a registration that containerd does not see",
  (host) => {
    registered(host, "runc", launcher);
    dumps(host, "");
  },
  [/^failure dunnage-runc: is in .* but containerd does not see it/],
);
finds(
  "a default runtime that is gone",
  (host) => {
    registered(host, "runc", launcher);
    dumps(
      host,
      `[plugins."${cri}".containerd]\n  default_runtime_name = "runc"\n${runtimeTable("dunnage-runc", "runc")}`,
    );
  },
  [/^failure runc: is containerd's default runtime, but is not registered/],
);
finds(
  "that the CRI plugin is off",
  (host) => {
    registered(host, "runc", launcher);
    host.write(main, `version = 2\ndisabled_plugins = ["${cri}"]\n${runtimeTable("dunnage-runc", "runc")}`);
  },
  [/^warning CRI: the plugin is off/],
);
finds(
  "a configuration that containerd cannot read",
  (host) => {
    host.write(main, "version = 2\n");
    host.write(
      "bin/containerd",
      '#!/bin/sh\ncase "$*" in *dump) echo "ctr: bad" >&2; exit 1 ;; *) echo "c x 1.7.24" ;; esac\n',
    );
  },
  [/^failure containerd: cannot read \/etc\/containerd\/config\.toml: ctr: bad/],
);
