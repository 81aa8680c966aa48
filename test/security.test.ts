import { spawnSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { wire } from "../packages/core/src/proto/gen/wire.js";
import { toSocketPath } from "../packages/ttrpc/src/client/address.ts";
import { encodeRequestFrame } from "../packages/ttrpc/src/index.ts";
import { Containerd } from "./_support/containerd.ts";
import { DirectShim } from "./_support/direct-shim.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { readFds } from "./_support/proc.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { connectShim, refusal, TaskClient } from "./_support/task-client.ts";

checkLeaks(test);

const ownDaemon = isReference ? test.skip : test;

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
  await containerd.runDetached("main", ["/bin/sleep", "100000"]);
});
test.after.always(() => containerd[Symbol.asyncDispose]());

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

ownDaemon("socket – modes – only the owner may connect, every directory on the way is private", (t) => {
  const socket = toSocketPath(containerd.shimAddress("main"));
  t.is(modeOf(socket), "600");
  for (let dir = dirname(socket); dir !== containerd.dir; dir = dirname(dir)) t.is(modeOf(dir), "700", dir);
  t.is(statSync(socket).uid, 0);
});

ownDaemon("files of the daemon – modes – no other user can read or write them", (t) => {
  const root = join(containerd.dir, "shim");
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).map((name) => join(root, name));
  t.true(paths.length > 0);
  for (const path of paths) t.is(statSync(path).mode & 0o022, 0, `${path} is writable by others`);
});

const alone = isReference ? test.serial.skip : test.serial;
alone("socket – a client with another uid – is turned away without an answer", async (t) => {
  const socket = toSocketPath(containerd.shimAddress("main"));
  const opened: (readonly [string, number])[] = [];
  t.teardown(() => {
    for (const [path, mode] of opened.toReversed()) chmodSync(path, mode);
  });
  // Simulates careless modes, so that only the check of the peer protects the socket.
  for (let path = socket; path !== "/run"; path = dirname(path)) {
    opened.push([path, statSync(path).mode & 0o7777]);
    chmodSync(path, 0o777);
  }
  t.is(askAs(0, socket), "answered");
  t.is(askAs(65_534, socket), "closed without an answer");
  using client = await TaskClient.connect(containerd.shimAddress("main"));
  t.is(await refusal(client.connect({ id: "main" })), undefined, "others are still served");
});

/** Returns what a process of this user gets when it calls Connect on the shim's socket. */
function askAs(uid: number, socket: string): string {
  const payload = wire.ConnectRequest.encode({ id: "main" }).finish();
  const call = { service: "containerd.task.v2.Task", method: "Connect", payload, timeoutNano: 0n, metadata: new Map() };
  // Perl is part of every Debian, and every user can read it there.
  const script = `
use Socket;
my ($path, $frame, $uid) = @ARGV;
$) = "$uid $uid"; $( = $uid; $< = $uid; $> = $uid;
$SIG{PIPE} = "IGNORE";
socket(my $socket, AF_UNIX, SOCK_STREAM, 0) or die "socket: $!";
connect($socket, sockaddr_un($path)) or die "connect: $!";
syswrite($socket, pack("H*", $frame));
alarm(30);
print sysread($socket, my $header, 10) ? "answered" : "closed without an answer";
`;
  const args = ["-e", script, socket, encodeRequestFrame(1, call).toString("hex"), String(uid)];
  const { stdout, stderr } = spawnSync("perl", args, { encoding: "utf8" });
  return stdout + stderr;
}

ownDaemon(
  "environment – of the container's runtime and processes – has nothing of Node or of the service manager",
  async (t) => {
    const names = (pid: number) =>
      readFileSync(`/proc/${pid}/environ`, "latin1")
        .split("\0")
        .map((line) => line.split("=")[0]);
    const pid = (await containerd.task("main"))?.pid ?? 0;
    t.deepEqual(
      names(pid).filter((name) => /^(NODE|LD_|NOTIFY|LISTEN|DUNNAGE)/.test(name ?? "")),
      [],
    );
  },
);

test("descriptors – of the container's process – are its three streams only", async (t) => {
  const pid = (await containerd.task("main"))?.pid ?? 0;
  t.deepEqual([...readFds(pid).keys()].sort(), [0, 1, 2]);
  using client = await connectShim(containerd, "main");
  await containerd.execDetached("main", "held", ["/bin/sleep", "1000"]);
  const exec = await client.state({ id: "main", exec_id: "held" });
  t.deepEqual([...readFds(exec.pid).keys()].sort(), [0, 1, 2]);
  await client.kill({ id: "main", exec_id: "held", signal: 9 });
  await client.wait({ id: "main", exec_id: "held" });
  await client.delete({ id: "main", exec_id: "held" });
});

ownDaemon(
  "limits – RLIMIT_NOFILE of the container – is what containerd's children get, not what Node made of it",
  async (t) => {
    const softLimit = (pid: number) => /Max open files +(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, "utf8"))?.[1];
    await using shim = await DirectShim.start(containerd, "limits"); // ctr's configuration would set a limit
    const { pid } = await shim.create();
    t.is(softLimit(pid), softLimit(containerd.pid));
  },
);
