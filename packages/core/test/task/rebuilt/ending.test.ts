import "../../_support/rebuild-before-every-call.ts";
import "../ending/await-init-exit.test.ts";
import "../ending/exits.test.ts";
import "../ending/release-io.test.ts";
