/** As replayed-calls.test.ts, for the tests that open streams: no file system hangs in this process. */
import { replayEachCall } from "../_support/task-verbs.ts";

replayEachCall();
await import("./calls/create.test.ts");
await import("./sandbox.test.ts");
