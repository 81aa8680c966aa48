import { join } from "node:path";
import { runtimeContract } from "@dunnage/core/testing";
import test from "ava";
import runsc from "../src/index.ts";

const repository = join(import.meta.dirname, "../../..");

// Debian 13's runsc; `make test-setup` has unpacked it.
runtimeContract(test, {
  name: "runsc 2024, systrap",
  runtime: runsc,
  binary: join(repository, ".cache/runsc/2024/usr/bin/runsc"),
  config: { platform: "systrap", network: "none" },
});
