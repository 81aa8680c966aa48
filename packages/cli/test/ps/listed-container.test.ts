import test from "ava";
import { formatTable, type ListedContainer } from "../../src/ps/listed-container.ts";

const now = new Date("2026-01-02T00:00:00Z");
const running: ListedContainer = {
  id: "a",
  status: "running",
  pid: 12,
  exitStatus: null,
  exitedAt: null,
  runtime: "runc",
  createdAt: "2026-01-01T23:59:30Z",
  command: ["sleep", "9"],
  bundle: "/b",
  terminal: false,
  stdin: false,
  directory: "/d",
};

test("formatTable – a line for each container, in columns", (t) => {
  const exited = {
    ...running,
    id: "longer",
    status: "exited" as const,
    pid: 0,
    exitStatus: 3,
    createdAt: "2025-12-30T00:00:00Z",
  };
  t.deepEqual(formatTable([running, exited], now).split("\n"), [
    "ID      PID  STATUS      RUNTIME  CREATED  COMMAND",
    "a       12   running     runc     30s ago  sleep 9",
    "longer  -    exited (3)  runc     3d ago   sleep 9",
  ]);
});

test("formatTable – says what it means – lost", (t) => {
  const lost = { ...running, status: "lost" as const };
  const text = (container: ListedContainer): string => formatTable([container], now);
  t.regex(text(lost), /lost: its shim is gone, it still runs/);
  t.regex(text({ ...lost, pid: 0 }), /lost: its shim is gone {2}/);
  t.regex(text({ ...lost, pid: 0, exitStatus: 4 }), /lost: its shim is gone \(exited 4\)/);
});
