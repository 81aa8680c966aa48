import { connect, createServer, type Socket } from "node:net";
import test from "ava";
import { isOurPeer } from "../../../src/bootstrap/daemon/peer.ts";
import type { Libc } from "../../../src/native/libc.ts";
import { openKoffiLibc } from "../../../src/native/open-libc.ts";
import { TempDir } from "../../_support/temp-dir.ts";

async function accepted(dir: TempDir): Promise<{ socket: Socket } & Disposable> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const server = createServer(resolve).listen(dir.join("s"));
  const client = connect(dir.join("s"));
  const socket = await promise;
  return {
    socket,
    [Symbol.dispose]() {
      for (const end of [socket, client]) end.destroy();
      server.close();
    },
  };
}

test("isOurPeer – true – this process at both ends", async (t) => {
  using dir = new TempDir();
  using connection = await accepted(dir);
  t.true(isOurPeer(openKoffiLibc(), connection.socket));
});

for (const [what, uid, gid] of [
  ["user", 1, 0],
  ["group", 0, 1],
] as const) {
  test(`isOurPeer – false – another ${what}`, async (t) => {
    using dir = new TempDir();
    using connection = await accepted(dir);
    const ids = { uid: (process.geteuid?.() ?? 0) + uid, gid: (process.getegid?.() ?? 0) + gid };
    const libc = { peerCredentials: () => ({ pid: 1, ...ids }) } as unknown as Libc;
    t.false(isOurPeer(libc, connection.socket));
  });
}

test("isOurPeer – false – a socket that is closed already", async (t) => {
  using dir = new TempDir();
  using connection = await accepted(dir);
  connection.socket.destroy();
  t.false(isOurPeer(openKoffiLibc(), connection.socket));
});
