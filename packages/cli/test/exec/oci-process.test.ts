import test from "ava";
import { toExecProcess } from "../../src/exec/oci-process.ts";

const container = {
  args: ["init"],
  cwd: "/work",
  env: ["PATH=/bin", "A=1", "EMPTY="],
  user: { uid: 7, gid: 8, additionalGids: [9] },
  terminal: true,
  consoleSize: { width: 1, height: 2 },
  capabilities: { bounding: ["CAP_KILL"] },
  rlimits: [{ type: "RLIMIT_NOFILE", hard: 10, soft: 10 }],
  noNewPrivileges: true,
  selinuxLabel: "label",
};
const request = { args: ["ls", "-l"], terminal: false, env: [] };

test("toExecProcess – is the container's process with other arguments, and without init's window", (t) => {
  const { consoleSize: _, ...rest } = container;
  t.deepEqual(toExecProcess(container, request), { ...rest, args: ["ls", "-l"], terminal: false });
});

test("toExecProcess – takes user, directory and variables from the command line", (t) => {
  const asked = { ...request, terminal: true, user: "1:2", cwd: "/", env: ["A=2", "B=x=y"] };
  t.like(toExecProcess(container, asked), {
    terminal: true,
    cwd: "/",
    user: { uid: 1, gid: 2 },
    env: ["PATH=/bin", "EMPTY=", "A=2", "B=x=y"],
  });
  t.deepEqual((toExecProcess(container, { ...request, user: "1" }) as { user: object }).user, { uid: 1, gid: 0 });
});

test("toExecProcess – has defaults – a container that says nothing", (t) => {
  const found = toExecProcess({}, request);
  t.deepEqual(found, { args: ["ls", "-l"], terminal: false, cwd: "/", user: { uid: 0, gid: 0 }, env: [] });
});

for (const [field, value, message] of [
  ["user", "root", /--user root: not UID or UID:GID, in numbers/],
  ["user", "1:2:3", /--user/],
  ["user", "4294967296", /--user/],
  ["cwd", "rel", /--cwd rel: not an absolute path/],
  ["env", ["NAME"], /--env NAME: not NAME=value/],
  ["env", ["=x"], /--env =x/],
] as const) {
  test(`toExecProcess – refuses what is wrong – ${field} ${value}`, (t) => {
    t.throws(() => toExecProcess(container, { ...request, [field]: value }), { code: 3, message } as object);
  });
}
