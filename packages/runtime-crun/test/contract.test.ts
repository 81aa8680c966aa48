import { join } from "node:path";
import { runtimeContract } from "@dunnage/core/testing";
import test from "ava";
import crun from "../src/index.ts";

const cache = join(import.meta.dirname, "../../../.cache");
/** Fetched by scripts/later-versions.sh; containerd 2 needs it. */
const later = join(cache, "crun/1.21/usr/bin/crun");
/** A CRIU that works with this machine's kernel. */
const criu = join(cache, "criu/4.2/usr/sbin");

// Debian 12's crun, built without CRIU. `make test` leaves it to the matrix.
if (process.env["DUNNAGE_TEST_RUNTIMES"] !== "newest") {
  runtimeContract(test, { name: "crun", runtime: crun, path: [criu], checkpoint: false });
}
runtimeContract(test, { name: "crun 1.21", runtime: crun, binary: later, path: [criu] });
