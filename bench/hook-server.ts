import { parentPort } from "node:worker_threads";
import { openHookServer } from "../packages/core/test/_support/hook-server.ts";

/** A hook server in its own thread that allows everything. Arguments: its socket, the stage. */
const [path = "", stage = "preCreate"] = process.argv.slice(2);
await openHookServer(path, { hooks: [{ stage }], handle: () => ({}) });
parentPort?.postMessage("ready");
