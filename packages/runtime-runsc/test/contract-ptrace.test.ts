import { runtimeContract } from "@dunnage/core/testing";
import test from "ava";
import runsc from "../src/index.ts";

// Debian 12's, which knows no other platform but kvm.
runtimeContract(test, {
  name: "runsc 2022, ptrace",
  runtime: runsc,
  binary: "/usr/bin/runsc",
  config: { platform: "ptrace", network: "none" },
  checkpoint: "exit",
});
