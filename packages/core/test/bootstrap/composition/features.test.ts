import test from "ava";
import { withoutIdMapping } from "../../../src/bootstrap/composition/features.ts";

test("withoutIdMapping – takes back what the runtime says of id-mapped mounts, and nothing else", (t) => {
  const features = (idmap: object) => JSON.stringify({ ociVersionMin: "1.0.0", linux: { mountExtensions: { idmap } } });
  t.is(withoutIdMapping(features({ enabled: true })), features({ enabled: false }));
  for (const text of [features({ enabled: false }), features({}), '{"linux":{}}', "{}"]) {
    t.is(withoutIdMapping(text), text);
  }
});
