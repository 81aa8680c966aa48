import "../../_support/rebuild-before-every-call.ts";
import "../replayed-calls.test.ts";
