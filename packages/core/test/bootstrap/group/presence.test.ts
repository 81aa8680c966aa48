import { existsSync, rmSync, statSync, utimesSync } from "node:fs";
import test from "ava";
import { Presence } from "../../../src/bootstrap/group/presence.ts";
import { readRegistration } from "../../../src/bootstrap/group/registration.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const group = {
  build: "b",
  namespace: "n",
  grpcAddress: "/g",
  ttrpcAddress: "/t",
  debug: false,
  schedCore: false,
  environment: "PATH=/bin",
  socketDir: "",
  shimCgroup: "",
  member: "",
};
const registration = { pid: 1, startTime: 2, bornFd: 3, group, socket: "/s", answer: "unix:///s" };

test("presence – dated ahead from the first moment – open, beat", (t) => {
  using dir = new TempDir();
  const presence = new Presence(dir.path, registration);
  presence.open();
  t.true(statSync(dir.join("daemon")).mtimeMs > Date.now() + 10_000);
  utimesSync(dir.join("daemon"), 0, 0);
  presence.beat();
  t.true(statSync(dir.join("daemon")).mtimeMs > Date.now() + 10_000);
  t.deepEqual(readRegistration(dir.join("daemon")), registration);
});

test("presence – one file at a time – open, closed, withdrawn, open again", (t) => {
  using dir = new TempDir();
  const presence = new Presence(dir.path, registration);
  const seen = () => [existsSync(dir.join("daemon")), existsSync(dir.join("closed")), presence.state];
  presence.open();
  t.deepEqual(seen(), [true, false, "open"]);
  presence.close();
  t.deepEqual(seen(), [false, true, "closed"]);
  presence.withdraw();
  t.deepEqual(seen(), [false, false, "withdrawn"]);
  presence.beat();
  presence.open();
  t.deepEqual(seen(), [true, false, "open"]);
});

test("presence – never comes back – removed by a process that took the daemon for hung", (t) => {
  for (const notice of ["beat", "close"] as const) {
    using dir = new TempDir();
    const presence = new Presence(dir.path, registration);
    presence.open();
    rmSync(dir.join("daemon"));
    presence[notice]();
    t.true(presence.isDisplaced);
    presence.open();
    t.false(existsSync(dir.join("daemon")));
  }
});
