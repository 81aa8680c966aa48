import { Code, StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { withOwnSchemes } from "../../../src/bootstrap/plugins/hook-servers.ts";
import { loadPlugins } from "../../../src/hooks/loader/load-plugins.ts";
import { openKoffiLibc } from "../../../src/native/open-libc.ts";
import { ForeignListener } from "../../_support/foreign-listener.ts";
import { never, subject } from "../../_support/hooks.ts";
import { RecordingLog } from "../../_support/recording-log.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { until } from "../../_support/until.ts";

test("ttrpc server – is another user's process at a socket of root's – Unavailable, and it hears nothing", async (t) => {
  using dir = new TempDir();
  const path = dir.join("hooks.sock");
  await using foreign = await ForeignListener.start(path);
  const options = { log: new RecordingLog(), schemes: withOwnSchemes({}), libc: openKoffiLibc() };
  const { hooks } = await loadPlugins([{ name: "p1", use: `ttrpc:${path}` }], options);
  t.teardown(() => hooks.close());
  const error = await t.throwsAsync(hooks.run("preStart", subject, { signal: never }));
  t.true(StatusError.is(error) && error.code === Code.Unavailable, String(error));
  t.regex(error.message, /its server runs as uid 65534, not as root/);
  await until(() => foreign.received.length > 0);
  t.true(foreign.received.every((bytes) => bytes === 0));
});
