import "../../_support/rebuild-before-every-call.ts";
import "../calls/checkpoint.test.ts";
import "../calls/create.test.ts";
