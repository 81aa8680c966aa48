import test from "ava";
import { type DirectSpec, isDirectEligible } from "../../src/io/eligibility.ts";

interface DirectRequest {
  readonly spec: DirectSpec;
  readonly owner: { readonly ioUid: number; readonly ioGid: number };
}

const eligible: DirectRequest = {
  spec: { process: {}, linux: { namespaces: [{ type: "pid" }, { type: "mount" }] } },
  owner: { ioUid: 0, ioGid: 0 },
};

const withNamespaces = (...namespaces: { type: string; path?: string }[]): Partial<DirectRequest> => ({
  spec: { linux: { namespaces } },
});

const decides = test.macro((t, change: Partial<DirectRequest>, expected: boolean) => {
  const { spec, owner } = { ...eligible, ...change };
  t.is(isDirectEligible(spec, owner), expected);
});

test("eligibility – direct – its own pid namespace", decides, {}, true);
test("eligibility – direct – empty namespace path", decides, withNamespaces({ type: "pid", path: "" }), true);
test(
  "eligibility – direct – empty SELinux label",
  decides,
  { spec: { ...eligible.spec, process: { selinuxLabel: "" } } },
  true,
);
test(
  "eligibility – pipe – joined pid namespace",
  decides,
  withNamespaces({ type: "pid", path: "/proc/1/ns/pid" }),
  false,
);
test("eligibility – pipe – no pid namespace", decides, withNamespaces({ type: "mount" }), false);
test("eligibility – pipe – no linux section", decides, { spec: {} }, false);
test("eligibility – pipe – namespaces null", decides, { spec: { linux: { namespaces: null } } }, false);
test("eligibility – pipe – user namespace", decides, withNamespaces({ type: "pid" }, { type: "user" }), false);
test(
  "eligibility – pipe – joined user namespace",
  decides,
  withNamespaces({ type: "pid" }, { type: "user", path: "/x" }),
  false,
);
test("eligibility – pipe – io uid", decides, { owner: { ioUid: 1000, ioGid: 0 } }, false);
test("eligibility – pipe – io gid", decides, { owner: { ioUid: 0, ioGid: 1000 } }, false);
test(
  "eligibility – pipe – SELinux label",
  decides,
  { spec: { ...eligible.spec, process: { selinuxLabel: "a:b:c" } } },
  false,
);
