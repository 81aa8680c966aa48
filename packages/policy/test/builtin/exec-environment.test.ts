/** What an exec runs depends on more than its arguments: PATH, the working directory, the loader's variables. */
import type { Plugin } from "@dunnage/core";
import test from "ava";
import fc from "fast-check";
import { builtinPlugin } from "../../src/index.ts";
import { runPlugin } from "../_support/run-plugin.ts";

const allow = [
  ["/bin/probe", "**"],
  ["cat", "/tmp/*"],
];

async function judge(process: object, config: object = {}): Promise<string> {
  const plugin = (await builtinPlugin("exec")) as Plugin;
  return (await runPlugin(plugin, "preExec", { process, execId: "e" }, { allow, ...config })).denied[0] ?? "passed";
}

test("exec – variables of the loader and of interpreters – are refused, whatever they hold and wherever they are", async (t) => {
  const names = [
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "LD_AUDIT",
    "GCONV_PATH",
    "BASH_ENV",
    "ENV",
    "BASH_FUNC_x%%",
    "PYTHONPATH",
    "NODE_OPTIONS",
    "JAVA_TOOL_OPTIONS",
    "PERL5OPT",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      fc.string(),
      fc.array(fc.constantFrom("A=1", "PATH=/bin", "HOME=/", "LDX=1", "A=LD_PRELOAD=x")),
      fc.nat(5),
      async (name, value, others, at) => {
        t.is(await judge({ args: ["/bin/probe"], env: others }), "passed");
        const env = [...others.slice(0, at), `${name}=${value}`, ...others.slice(at)];
        t.regex(await judge({ args: ["/bin/probe"], env }), /^allow_env: variable /);
        t.is(await judge({ args: ["/bin/anything"], env }, { allow: [["**"]] }), "passed", "all may run anyway");
      },
    ),
  );
});

test("exec – with allow_env – only these variables, those of the loader as well", async (t) => {
  const config = { allow_env: ["PATH", "LD_LIBRARY_PATH", "APP_*"] };
  t.is(await judge({ args: ["/bin/probe"], env: ["PATH=/bin", "LD_LIBRARY_PATH=/opt", "APP_X=1"] }, config), "passed");
  t.regex(await judge({ args: ["/bin/probe"], env: ["PATH=/bin", "OTHER=1"] }, config), /^allow_env: variable OTHER/);
});

test("exec – a program by its name alone – only where PATH leads to the image's own programs", async (t) => {
  const cat = (...env: readonly string[]) => judge({ args: ["cat", "/tmp/a"], env });
  t.is(await cat(), "passed");
  t.is(await cat("PATH=/usr/local/bin:/usr/bin:/bin"), "passed");
  for (const path of ["/tmp:/bin", "/bin:/tmp", "", ":/bin", "/bin:", ".", "bin", "/bin/../tmp", "/bin/"])
    t.regex(await cat(`PATH=${path}`), /^path: PATH has /, path);
  t.regex(await cat("PATH=/bin", "PATH=/tmp"), /^path: /, "programs read now the first, now the last");
  t.is(await judge({ args: ["cat", "/tmp/a"], env: ["PATH=/go/bin:/bin"] }, { path: ["/go/bin", "/bin"] }), "passed");
  t.is(await judge({ args: ["/bin/probe"], env: ["PATH=/tmp"] }), "passed", "its path says which");
});

test("exec – a program by a path – is judged as what the kernel would execute", async (t) => {
  const run = (program: string, cwd?: string) => judge({ args: [program], ...(cwd === undefined ? {} : { cwd }) });
  for (const [program, cwd] of [
    ["/bin/probe"],
    ["/bin/./probe"],
    ["//bin//probe"],
    ["./probe", "/bin"],
    ["bin/probe", "/"],
    ["bin/probe"],
  ] as const)
    t.is(await run(program, cwd), "passed", `${program} in ${cwd}`);
  for (const [program, cwd] of [
    ["./probe", "/tmp"],
    ["bin/probe", "/tmp"],
    ["/bin/../tmp/probe"],
    ["/tmp/../bin/probe"],
    ["../bin/probe", "/tmp"],
    ["probe", "/bin"],
  ] as const)
    t.regex(await run(program, cwd), /^allow: /, `${program} in ${cwd}`);
  t.regex(await judge({ args: ["/bin/../tmp/x"] }, { allow: [["/bin/*"]] }), /^allow: /);
  t.regex(await judge({ args: ["cat", "/tmp/../etc/shadow"] }), /^allow: /);
  t.is(await judge({ args: ["echo", "a/../b"] }, { allow: [["echo", "*"]] }), "passed");
});

test("exec – a pattern that could never match – is an error of the configuration", async (t) => {
  for (const program of ["./probe", "bin/probe", "../probe"])
    await t.throwsAsync(judge({ args: ["x"] }, { allow: [[program]] }), {
      message: /absolute path or without a slash/,
    });
  await t.throwsAsync(judge({ args: ["x"] }, { allow: [[]] }), { message: /must name a program/ });
});
