import test from "ava";
import { Dunnage } from "./_support/dunnage.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { Pty } from "./_support/pty.ts";
import { toTerminalSpec } from "./_support/terminal-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let dunnage: Dunnage;
test.before(() => {
  dunnage = new Dunnage();
});
test.after.always(async () => {
  await dunnage[Symbol.asyncDispose]();
});

const detachKeys = "\x10\x11";
const shell = (): string => dunnage.bundleOf("shell", toTerminalSpec(["/bin/sh"], dunnage.rootfs));

/** Returns the keys of a command whose output differs from what is typed. */
const say = (word: string): string => `echo said-$((40+2))-${word}\r`;

/** Returns whether input and output pass through unchanged. */
async function isRaw(pty: Pty): Promise<boolean> {
  const modes = (await pty.stty("-a")).split(/\s+/);
  return modes.includes("-icanon") && modes.includes("-isig") && modes.includes("-opost");
}

test.serial("run -it – is a terminal of our size, whose keys are the container's, and restores ours", async (t) => {
  using pty = new Pty(dunnage, ["run", "-it", "--rm", "--id", "tty", shell()]);
  await pty.shows("# ");
  pty.type("tty; stty size\r");
  await pty.shows("/dev/pts/0\n33 101\n");
  await pty.resize(44, 55);
  await until(() => {
    pty.type("stty size\r");
    return pty.stdout.includes("\n44 55\n");
  }, "the size arrives");
  pty.type("sleep 1000\r");
  await until(async () => (await dunnage.call(["exec", "tty", "/bin/ps"])).stdout.includes("sleep 1000"), "it sleeps");
  pty.type("\x03");
  pty.type(say("after"));
  await pty.shows("said-42-after");
  pty.type("exit 5\r");
  await pty.shows("status=5\n");
  t.is(await pty.ended, 0);
  t.true(pty.isRestored);
  t.deepEqual(await dunnage.ps(), []);
});

test.serial("run -it, attach – keys leave, the container continues, and others come", async (t) => {
  using first = new Pty(dunnage, ["run", "-it", "--rm", "--id", "left", shell()]);
  await first.shows("# ");
  first.type(`export A=kept\r${detachKeys}`);
  await first.shows("detached from container left, which continues; it is not removed at its end: `dunnage rm left`");
  await first.shows("status=0\n");
  t.true(first.isRestored);
  t.is((await dunnage.find("left")).status, "running");
  using second = new Pty(dunnage, ["attach", "left"]);
  using third = new Pty(dunnage, ["attach", "left"]);
  await until(() => {
    second.type(say("$A"));
    return second.stdout.includes("said-42-kept") && third.stdout.includes("said-42-kept");
  }, "both are there");
  third.type(say("third"));
  await second.shows("said-42-third");
  third.type(detachKeys);
  await third.shows("status=0\n");
  second.type("exit 6\r");
  await second.shows("status=6\n");
  t.true(second.isRestored && third.isRestored);
  await dunnage.ok("rm", "left");
});

test.serial("run -it – restores the terminal – container killed", async (t) => {
  using pty = new Pty(dunnage, ["run", "-it", "--id", "killed", shell()]);
  await pty.shows("# ");
  await dunnage.ok("kill", "-s", "KILL", "killed");
  await pty.shows("status=137\n");
  await pty.ended;
  t.true(pty.isRestored);
  await dunnage.ok("rm", "killed");
});

test.serial("run -it – restores the terminal – a command that cannot be started", async (t) => {
  const bundle = dunnage.bundleOf("none", toTerminalSpec(["/no/such"], dunnage.rootfs));
  using pty = new Pty(dunnage, ["run", "-it", bundle]);
  await pty.shows("status=125\n");
  await pty.ended;
  t.regex(pty.stdout, /^dunnage run: [^\n]*\/no\/such[^\n]*\n/);
  t.true(pty.isRestored);
  t.deepEqual(await dunnage.ps(), []);
});

test.serial("run -it – sets its mode again – stopped, and continued by a shell that has set its own", async (t) => {
  using pty = new Pty(dunnage, ["run", "-it", "--rm", shell()]);
  await pty.shows("# ");
  process.kill(pty.dunnagePid, "SIGSTOP");
  await pty.stty("sane");
  t.false(await isRaw(pty));
  process.kill(pty.dunnagePid, "SIGCONT");
  await until(() => isRaw(pty), "it is raw again");
  pty.type("exit 3\r");
  await pty.shows("status=3\n");
});

test.serial("attach – restores the terminal and leaves the container alone – ended by a signal", async (t) => {
  await dunnage.ok("run", "-d", "-i", "--id", "left", shell());
  using pty = new Pty(dunnage, ["attach", "left"]);
  await until(() => {
    pty.type(say("hello"));
    return pty.stdout.includes("said-42-hello");
  }, "it is there");
  process.kill(pty.dunnagePid, "SIGTERM");
  await pty.shows("status=143\n");
  await pty.ended;
  t.true(pty.isRestored);
  t.is((await dunnage.find("left")).status, "running");
  await dunnage.ok("rm", "-f", "left");
});

test.serial("run -it – passes our input on, and types Ctrl-D at its end – input that is no terminal", async (t) => {
  using process = dunnage.start("run", "-it", "--rm", shell());
  await process.shows("# ");
  process.type(say("piped"));
  await until(() => process.stdout.split("said-42-piped")[1]?.includes("# "), "it is at its prompt again");
  process.child.stdin?.end();
  t.is(await process.ended, 0);
});

test.serial("run – has a terminal if config.json says so, unless the options say otherwise – -d", async (t) => {
  const bundle = dunnage.bundleOf(
    "detached",
    toTerminalSpec(["/bin/sh", "-c", "tty; tty >&2; sleep 1000"], dunnage.rootfs),
  );
  await dunnage.ok("run", "-d", "--id", "with", bundle);
  await until(
    async () => (await dunnage.call(["logs", "with"])).stdout === "/dev/pts/0\r\n/dev/pts/0\r\n",
    "it says so",
  );
  await dunnage.ok("run", "-d", "--no-tty", "--id", "without", bundle);
  await until(async () => (await dunnage.call(["logs", "without"])).stderr === "not a tty\n", "it says so");
  await dunnage.ok("rm", "-f", "with", "without");
  t.pass();
});

test.serial("exec -it – is a terminal of our size, with its own exit status", async (t) => {
  await dunnage.ok("run", "-d", "--id", "host", shell());
  using pty = new Pty(dunnage, ["exec", "-it", "host", "/bin/sh"]);
  await pty.shows("# ");
  pty.type("stty size; tty\r");
  await pty.shows("33 101\n/dev/pts/1\n");
  await pty.resize(44, 55);
  await until(() => {
    pty.type("stty size\r");
    return pty.stdout.includes("\n44 55\n");
  }, "the size arrives");
  pty.type("exit 7\r");
  await pty.shows("status=7\n");
  await pty.ended;
  t.true(pty.isRestored);
  await dunnage.ok("rm", "-f", "host");
});
