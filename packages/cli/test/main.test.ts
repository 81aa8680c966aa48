import { failedPrecondition } from "@dunnage/core";
import test from "ava";
import type { CommandEntry, DefineCommand } from "../src/command.ts";
import { printResult } from "../src/output.ts";
import { type CommandOutcome, runDunnage } from "./_support/run-command.ts";

/** Returns a table in which only the command `name` can be loaded; loading any other command fails. */
function table(name: string, define: DefineCommand): readonly CommandEntry[] {
  const entry = { name, summary: `what ${name} does`, load: async () => define };
  const load = async (): Promise<DefineCommand> => {
    throw new Error("loaded a command that was not called");
  };
  return [entry, { name: "other", summary: "what other does", load }];
}

const run = (args: readonly string[], define: DefineCommand, env = {}): Promise<CommandOutcome> =>
  runDunnage(args, { commands: table("greet", define), env });

const greet: DefineCommand = (command, context) => {
  command
    .description("Greets.")
    .argument("<name>")
    .option("--json", "print JSON")
    .action((name, { json }) => printResult(context.stdout, { json, value: { name }, text: `hello ${name}` }));
};

const fail =
  (error: unknown): DefineCommand =>
  (command) => {
    command.action(() => Promise.reject(error));
  };

test("dunnage – lists its commands without loading any – help", async (t) => {
  const { status, stdout, stderr } = await run(["--help"], () => t.fail());
  t.is(status, 0);
  t.is(stderr, "");
  t.regex(stdout, /greet +what greet does\n +other +what other does/);
});

test("dunnage – prints help and is a wrong command line – without arguments", async (t) => {
  const { status, stdout, stderr } = await run([], greet);
  t.deepEqual({ status, stdout }, { status: 2, stdout: "" });
  t.regex(stderr, /^Usage: dunnage /);
});

test("dunnage – prints its version", async (t) => {
  t.deepEqual(await run(["--version"], greet), { status: 0, stdout: "0.1.0\n", stderr: "" });
});

test("dunnage – runs the command", async (t) => {
  t.deepEqual(await run(["greet", "you"], greet), { status: 0, stdout: "hello you\n", stderr: "" });
});

test("dunnage – prints one JSON value – --json", async (t) => {
  const { status, stdout } = await run(["greet", "you", "--json"], greet);
  t.deepEqual({ status, value: JSON.parse(stdout) }, { status: 0, value: { name: "you" } });
});

for (const args of [
  ["greet", "--help"],
  ["help", "greet"],
]) {
  test(`dunnage – says what a command takes – ${args.join(" ")}`, async (t) => {
    const { status, stdout, stderr } = await run(args, greet);
    t.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    t.regex(stdout, /^Usage: dunnage greet \[options\] <name>\n\nGreets\.\n/);
    t.regex(stdout, /--debug/);
  });
}

test("dunnage – says what is wrong and where help is, exit status 2 – wrong command line", async (t) => {
  for (const [args, message] of [
    [["greet"], /^dunnage: missing required argument 'name'\n\(dunnage greet --help says what it takes\)\n$/],
    [["greet", "you", "--jsn"], /^dunnage: unknown option '--jsn'\n\(Did you mean --json\?\)/],
    [["greet", "a", "b"], /^dunnage: too many arguments/],
    [["gret"], /^dunnage: unknown command 'gret'\n\(Did you mean greet\?\)/],
    [["--nonsense"], /^dunnage: unknown option '--nonsense'/],
  ] as const) {
    const { status, stdout, stderr } = await run(args, greet);
    t.deepEqual({ args, status, stdout }, { args, status: 2, stdout: "" });
    t.regex(stderr, message);
  }
});

test("dunnage – says why, without a stack, exit status 1 – a command fails", async (t) => {
  const outcome = await run(["greet"], fail(failedPrecondition("it is too late\nand dark")));
  t.deepEqual(outcome, { status: 1, stdout: "", stderr: "dunnage greet: it is too late\ndunnage greet: and dark\n" });
});

test("dunnage – calls its own mistakes internal", async (t) => {
  const { status, stderr } = await run(["greet"], fail(new TypeError("x is not a function")));
  t.is(status, 1);
  t.is(stderr, "dunnage greet: internal error: x is not a function; DUNNAGE_DEBUG=1 shows where\n");
});

for (const [how, args, env] of [
  ["--debug before the command", ["--debug", "greet"], {}],
  ["--debug behind the command", ["greet", "--debug"], {}],
  ["DUNNAGE_DEBUG", ["greet"], { DUNNAGE_DEBUG: "1" }],
] as const) {
  test(`dunnage – shows where an error comes from, and its cause – ${how}`, async (t) => {
    const error = new Error("it failed", { cause: new Error("deeper") });
    const { status, stderr } = await run(args, fail(error), env);
    t.is(status, 1);
    t.regex(stderr, /it failed[\s\S]*main\.test\.ts[\s\S]*deeper/);
  });
}

test("dunnage – ends with the status that the command sets", async (t) => {
  const { status } = await run(["greet"], (command, context) => {
    command.action(() => {
      context.exitStatus = 17;
    });
  });
  t.is(status, 17);
});

test("dunnage – leaves to a command what stands behind its operand – passThroughOptions", async (t) => {
  const { stdout } = await run(["greet", "id", "ls", "--debug", "--version", "-h"], (command, { stdout }) => {
    command
      .argument("<id>")
      .argument("<command...>")
      .passThroughOptions()
      .action((_id, rest) => void stdout.write(rest.join(" ")));
  });
  t.is(stdout, "ls --debug --version -h");
});

test("dunnage – commands below a command have what all have", async (t) => {
  const define: DefineCommand = (command) => {
    command
      .command("one")
      .argument("<name>")
      .action(() => Promise.reject(new Error("no")));
  };
  t.is((await run(["greet", "one", "x"], define)).stderr, "dunnage greet one: no\n");
  t.regex((await run(["greet", "one", "x", "--debug"], define)).stderr, /main\.test\.ts/);
  t.regex((await run(["greet", "one"], define)).stderr, /dunnage greet one --help says/);
});
