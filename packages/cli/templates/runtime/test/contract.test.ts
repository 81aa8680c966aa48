import test from "node:test";
import { runtimeContract } from "@dunnage/core/testing";
import plugin from "../src/index.ts";

if (plugin.runtime === undefined) throw new Error("the plugin has no runtime");

// What every runtime has to do. What yours cannot do is a method that it lacks, and tested as such.
runtimeContract(test, { name: "NAME", runtime: plugin.runtime });
