import { parentPort } from "node:worker_threads";
import { openHookServer } from "../packages/core/test/_support/hook-server.ts";

/** The server of `hooks.ts`, in a thread of its own: it allows everything. */
await openHookServer(process.argv[2] ?? "", { hooks: [{ stage: "preCreate" }], handle: () => ({}) });
parentPort?.postMessage("ready");
