import "../../_support/rebuild-before-every-call.ts";
import "../abandoned.test.ts";
import "../hook-seam.test.ts";
import "../replays.test.ts";
import "../task-service.test.ts";
import "../tasks.test.ts";
