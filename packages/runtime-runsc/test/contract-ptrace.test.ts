import { runtimeContract } from "@dunnage/core/testing";
import test from "ava";
import runsc from "../src/index.ts";

// Debian 12's runsc; kvm is the only other platform that it supports.
runtimeContract(test, {
  name: "runsc 2022, ptrace",
  runtime: runsc,
  binary: "/usr/bin/runsc",
  config: { platform: "ptrace", network: "none" },
  checkpoint: "exit",
});
