/** The tests of the Task API, with each call sent again after it succeeded. Each of them must hold all the same. */
import { replayEachCall } from "../_support/task-verbs.ts";

replayEachCall();
await import("./tasks.test.ts");
await import("./hook-seam.test.ts");
await import("./abandoned.test.ts");
await import("./calls/checkpoint.test.ts");
await import("./calls/kill.test.ts");
await import("./calls/pause.test.ts");
await import("./ending/exits.test.ts");
await import("./ending/release-io.test.ts");
