/**
 * A worker of a guardian: `worker.ts DIRECTORY`. It serves the service `test` to the guardian's clients and keeps what it
 * is asked to keep. What it reports of its start is in DIRECTORY/EPOCH.json.
 */
import { execFileSync } from "node:child_process";
import { constants, openSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Server, type Service } from "@dunnage/ttrpc";
import { GuardianLink } from "../../src/guardian/guardian-link.ts";
import type { GuardedExit } from "../../src/guardian/messages.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { readProcess } from "../../src/native/proc.ts";

const [directory = ""] = process.argv.slice(2);
const fifo = join(directory, "fifo");
const exits: GuardedExit[] = [];
const refusals: string[] = [];
const text = (value: unknown): Buffer =>
  Buffer.from(JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each)));

const server = new Server({ services: { test: service() } });
const link = new GuardianLink({
  libc: openKoffiLibc(),
  listener: {
    connected: (socket, { replays }) => server.accept(socket, replays),
    exited: (exit) => void exits.push(exit),
    quiesced: () => process.exit(0),
    refused: (error) => void refusals.push(error.message),
    lost: () => process.exit(1),
  },
});
const welcome = await link.hello("test");
const kept = await link.state();
writeFileSync(join(directory, `${welcome.epoch}.json`), text({ welcome, kept: [...kept.keys()], exits }));
link.ready();

function service(): Service {
  return {
    Attempt: (_, { attempt }) => text({ attempt, pid: process.pid }),
    DieOnce: (_, { attempt }) => {
      if (attempt === 0) process.kill(process.pid, "SIGKILL");
      return text({ attempt, pid: process.pid });
    },
    Keep: async () => {
      const fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
      await link.keepWithWriter("c/stdout", fd);
      return text({});
    },
    Read: () => {
      const bytes = Buffer.alloc(100);
      const { fd = -1, hasWriter } = kept.get("c/stdout") ?? {};
      return text({ hasWriter, text: bytes.toString("utf8", 0, readSync(fd, bytes)) });
    },
    Drop: () => {
      link.dropAll("c/");
      return text({});
    },
    Readable: async () => {
      await link.readable("c/stdout");
      return text({});
    },
    KeepFile: async () => {
      await link.keepWithWriter("file", openSync("/dev/null", "r")).catch((error) => refusals.push(error.message));
      return text(refusals);
    },
    Run: (program) => {
      // The shell exits, so the guardian becomes the parent of the program.
      const script = `(${Buffer.from(program)}) <&- >&- 2>&- & echo $!`;
      const pid = Number(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
      link.watch(pid, BigInt(readProcess(pid)?.startTime ?? 0));
      return text({ pid });
    },
    Exits: () => text(exits),
    Done: () => {
      for (const exit of exits.splice(0)) link.done(exit);
      return text({});
    },
    End: () => {
      link.end();
      return text({});
    },
  };
}
