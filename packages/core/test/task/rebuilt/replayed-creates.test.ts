import "../../_support/rebuild-before-every-call.ts";
import "../replayed-creates.test.ts";
