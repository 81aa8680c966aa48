import { runtimeContract } from "@dunnage/core/testing";
import test from "ava";
import runc from "../src/index.ts";

runtimeContract(test, { name: "runc", runtime: runc });
