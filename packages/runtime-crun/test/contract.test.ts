import { join } from "node:path";
import { runtimeContract } from "@dunnage/core/testing";
import test from "ava";
import crun from "../src/index.ts";

const cache = join(import.meta.dirname, "../../../.cache");
/** What scripts/later-versions.sh fetches; containerd 2 needs it. */
const later = join(cache, "crun/1.21/usr/bin/crun");
/** Of a CRIU that this machine's kernel is not too new for. */
const criu = join(cache, "criu/4.2/usr/sbin");

// Debian 12's was built without CRIU.
runtimeContract(test, { name: "crun", runtime: crun, path: [criu], checkpoint: false });
runtimeContract(test, { name: "crun 1.21", runtime: crun, binary: later, path: [criu] });
