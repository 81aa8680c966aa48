import "../../_support/rebuild-before-every-call.ts";
import "../sandbox.test.ts";
