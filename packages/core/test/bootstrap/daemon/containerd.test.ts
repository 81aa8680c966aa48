import { once } from "node:events";
import { existsSync, linkSync, renameSync } from "node:fs";
import { connect, createServer } from "node:net";
import test from "ava";
import { isGone } from "../../../src/bootstrap/daemon/containerd.ts";
import { TempDir } from "../../_support/temp-dir.ts";

test("isGone – a socket with a listener – it is there", async (t) => {
  using dir = new TempDir();
  const server = createServer().listen(dir.join("s"));
  await once(server, "listening");
  t.false(await isGone(`unix://${dir.join("s")}`));
  server.close();
});

test("isGone – a listener whose backlog is full – it is there", async (t) => {
  using dir = new TempDir();
  const server = createServer().listen({ path: dir.join("s"), backlog: 1 });
  await once(server, "listening");
  // No connection is accepted in this turn of the event loop, so the last ones do not fit into the backlog.
  const errors: string[] = [];
  const sockets = Array.from({ length: 8 }, () => connect({ path: dir.join("s") }));
  for (const socket of sockets) {
    socket.on("error", (error: NodeJS.ErrnoException) => errors.push(error.code ?? ""));
  }
  const answer = isGone(dir.join("s"));
  t.false(await answer);
  t.true(errors.includes("EAGAIN"));
  for (const socket of sockets) socket.destroy();
  server.close();
});

test("isGone – no socket, a socket without a listener, no directory – it is gone", async (t) => {
  using dir = new TempDir();
  t.true(await isGone(dir.join("s")));
  t.true(await isGone(dir.join("s/s")));
  const server = createServer().listen(dir.join("s"));
  await once(server, "listening");
  linkSync(dir.join("s"), dir.join("kept"));
  server.close();
  await once(server, "close");
  renameSync(dir.join("kept"), dir.join("s"));
  t.true(existsSync(dir.join("s")));
  t.true(await isGone(dir.join("s")));
});

test("isGone – an unknown address – it is there", async (t) => {
  t.false(await isGone(""));
});
