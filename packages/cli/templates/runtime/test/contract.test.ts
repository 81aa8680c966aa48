import test from "node:test";
import { runtimeContract } from "@dunnage/core/testing";
import plugin from "../src/index.ts";

if (plugin.runtime === undefined) throw new Error("the plugin has no runtime");

// The tests that every runtime must pass. If yours lacks a method, they check that the client gets Unimplemented.
runtimeContract(test, { name: "NAME", runtime: plugin.runtime });
