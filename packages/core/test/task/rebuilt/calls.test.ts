import "../../_support/rebuild-before-every-call.ts";
import "../calls/adjust.test.ts";
import "../calls/kill.test.ts";
import "../calls/open-process-io.test.ts";
import "../calls/pause.test.ts";
import "../calls/stats.test.ts";
