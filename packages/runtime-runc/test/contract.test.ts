import { join } from "node:path";
import { runtimeContract } from "@dunnage/core/testing";
import test from "ava";
import runc from "../src/index.ts";

/** A CRIU that works with this machine's kernel; scripts/later-versions.sh fetches it. */
const criu = join(import.meta.dirname, "../../../.cache/criu/4.2/usr/sbin");

runtimeContract(test, { name: "runc", runtime: runc, path: [criu] });
