import test from "ava";
import { fakeRuntime, runtimeContract } from "../../src/testing/index.ts";

runtimeContract(test, { name: "fake", runtime: fakeRuntime, terminal: false, rootfs: () => {} });
