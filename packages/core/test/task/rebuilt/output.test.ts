import "../../_support/rebuild-before-every-call.ts";
import "../ending/when-output-is-taken.test.ts";
