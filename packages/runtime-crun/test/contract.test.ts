import { join } from "node:path";
import { runtimeContract } from "@dunnage/core/testing";
import test from "ava";
import crun from "../src/index.ts";

/** What scripts/later-versions.sh fetches; containerd 2 needs it. */
const later = join(import.meta.dirname, "../../../.cache/crun/1.21/usr/bin/crun");

runtimeContract(test, { name: "crun", runtime: crun });
runtimeContract(test, { name: "crun 1.21", runtime: crun, binary: later });
