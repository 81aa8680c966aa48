import { runtimeContract } from "@dunnage/core/testing";
import test from "ava";
import crun from "../src/index.ts";

runtimeContract(test, { name: "crun", runtime: crun });
