import type { Plugin } from "@dunnage/core";
import test from "ava";
import { builtinPlugin } from "../../src/index.ts";
import { runPlugin } from "../_support/run-plugin.ts";

async function denials(args: readonly string[], allow: readonly (readonly string[])[]): Promise<readonly string[]> {
  const plugin = (await builtinPlugin("exec")) as Plugin;
  return (await runPlugin(plugin, "preExec", { process: { args }, execId: "e" }, { allow })).denied;
}

const lookAlikes = {
  "a Cyrillic letter": "/bin/\u0435cho",
  "a fullwidth letter": "/bin/\uff45cho",
  "a zero-width space": "/bin/e\u200bcho",
  "a soft hyphen at the end": "/bin/echo\u00ad",
  "a direction mark": "\u202e/bin/echo",
  "a mathematical letter": "/bin/\u{1d41e}cho",
  "another case": "/bin/ECHO",
  "a fullwidth slash": "\uff0fbin\uff0fecho",
};
for (const [what, program] of Object.entries(lookAlikes)) {
  test(`exec – a program that looks like an allowed one – is another – ${what}`, async (t) => {
    const allow = [["/bin/echo", "**"]];
    t.deepEqual(await denials([program, "x"], allow), [
      `allow: command ${JSON.stringify(program)} is not among those that may be executed`,
    ]);
    t.deepEqual(await denials(["/bin/echo", program], allow), []);
  });
}

test("exec – the other form of the same letters – is another argument, either way", async (t) => {
  for (const [allowed, given] of [
    ["caf\u00e9", "cafe\u0301"],
    ["cafe\u0301", "caf\u00e9"],
    ["\u212b", "\u00c5"],
    ["\ufb01le", "file"],
  ] as const) {
    t.is(allowed.normalize("NFKC"), given.normalize("NFKC"));
    t.is((await denials(["cat", given], [["cat", allowed]])).length, 1);
    t.deepEqual(await denials(["cat", allowed], [["cat", allowed]]), []);
  }
});
