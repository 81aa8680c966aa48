import "../../_support/rebuild-before-every-call.ts";
import "../loop-waits-for-no-device.test.ts";
