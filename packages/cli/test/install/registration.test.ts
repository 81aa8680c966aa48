import test from "ava";
import fc from "fast-check";
import { parse } from "smol-toml";
import { type Registration, register, type Target, unregister } from "../../src/install/registration.ts";

const path = "/etc/containerd/config.toml";
const runtimesPath = ["plugins", "io.containerd.grpc.v1.cri", "containerd", "runtimes"];
const runc: Registration = {
  handler: "dunnage-runc",
  runtimeType: "io.containerd.dunnage-runc.v1",
  systemdCgroup: false,
};
const crun: Registration = {
  handler: "dunnage-crun",
  runtimeType: "io.containerd.dunnage-crun.v1",
  systemdCgroup: true,
};

const target = (text: string | undefined): Target => ({ path, text, version: 2, runtimesPath });
const added = (text: string | undefined, keepsDefault = false): string =>
  register(target(text), [runc, crun], keepsDefault);
const removed = (text: string, keepsDefault = false): string | undefined =>
  unregister({ ...target(text), text }, keepsDefault);

const typical = `version = 2 # of the file
root = "/var/lib/containerd"

# Kubernetes
[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    sandbox_image = "registry.k8s.io/pause:3.9"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = true
`;

test("register – adds tables to the end, everything else stays", (t) => {
  const text = added(typical);
  t.true(text.startsWith(typical));
  t.is(
    text.slice(typical.length),
    `# begin: added by \`dunnage install\`, removed by \`dunnage uninstall\`
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.dunnage-runc]
  runtime_type = "io.containerd.dunnage-runc.v1"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.dunnage-crun]
  runtime_type = "io.containerd.dunnage-crun.v1"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.dunnage-crun.options]
  SystemdCgroup = true
# end of what \`dunnage install\` added
`,
  );
});

for (const [what, text] of [
  ["a typical file", typical],
  ["no final line feed", typical.trimEnd()],
  ["CRLF", typical.replaceAll("\n", "\r\n")],
  ["CRLF, no final one", typical.replaceAll("\n", "\r\n").trimEnd()],
  ["an empty file", ""],
  ["comments alone", "# nothing\n\n\n"],
  ["blank lines at the end", `${typical}\n\n  \n`],
  ["dotted keys", '[plugins."io.containerd.grpc.v1.cri"]\ncontainerd.runtimes.runc.runtime_type = "x"\n'],
] as const) {
  for (const keepsDefault of text.includes("runtimes.runc") ? [false] : [false, true]) {
    test(`register, unregister – are inverse to the byte – ${what}${keepsDefault ? ", with the default" : ""}`, (t) => {
      const edited = added(text, keepsDefault);
      t.not(edited, text);
      t.is(removed(edited), text);
      const isCrlf = text.includes("\r\n");
      t.is(/(?<!\r)\n/.test(edited), !isCrlf);
    });
  }
}

test("register, unregister – make a file and remove it – there was none", (t) => {
  const text = added(undefined, true);
  t.is(parse(text)["version"], 2);
  t.is(removed(text), undefined);
});

test("unregister – leaves a file that others use by now with its version – there was none", (t) => {
  const text = `${added(undefined, true)}[grpc]\n  address = "/run/c.sock"\n`;
  t.is(removed(text), 'version = 2\n[grpc]\n  address = "/run/c.sock"\n');
});

test("unregister – leaves what a user wrote before and behind the block", (t) => {
  const text = `# mine\n${added(typical.trimEnd())}[debug]\n  level = "debug"\n`;
  t.is(removed(text), `# mine\n${typical}[debug]\n  level = "debug"\n`);
});

test("unregister – leaves what a user wrote into the block, but for the keys of our runtimes", (t) => {
  const lines = added(typical).split("\n");
  const at = lines.findIndex((line) => line.includes("dunnage-runc.v1"));
  const mine = `# for nvidia\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia]\n  runtime_type = "io.containerd.runc.v2"`;
  lines.splice(at + 1, 0, "  pod_annotations = [", '    "dev.*",', "  ]", ...mine.split("\n"));
  t.is(removed(lines.join("\n")), `${typical}${mine}\n`);
});

test("unregister – keeps the default runtime that was written with ours – others rely on it", (t) => {
  const edited = added("version = 2\n", true);
  const nvidia = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia]\n  runtime_type = "x"\n';
  const runtimes = (text = ""): unknown =>
    JSON.parse(JSON.stringify(parse(text)), (_, value) => value?.runtimes ?? value);
  const rest = removed(edited + nvidia, true);
  t.regex(rest ?? "", /^version = 2\n\[.*runtimes\.runc\]\n {2}runtime_type = "io.containerd.runc.v2"\n\[.*nvidia\]/);
  t.false(JSON.stringify(runtimes(rest)).includes("dunnage"));
});

test("unregister – refuses – a key right behind the block would change its table", (t) => {
  t.throws(() => removed(`${added(typical)}  cni_conf_dir = "/x"\n`), {
    message: /cannot be removed without a change/,
  });
});

test("unregister – refuses, naming the line – the end of the block is missing", (t) => {
  const text = added("version = 2\n").replace(/# end.*\n/, "");
  t.throws(() => removed(text), {
    message: /^\/etc\/containerd\/config\.toml:2: the line that ends this block is missing/,
  });
});

test("unregister – leaves alone – tables of the same name that it did not write", (t) => {
  const text = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.dunnage-runc]\nruntime_type = "x"\n';
  t.is(removed(text), text);
});

for (const [what, text] of [
  ["plugins as an inline table", 'version = 2\nplugins = { "io.containerd.grpc.v1.cri" = { sandbox_image = "x" } }\n'],
  ["an inline table below", '[plugins."io.containerd.grpc.v1.cri"]\ncontainerd = { runtimes = {} }\n'],
  ["runtimes is no table", '[plugins."io.containerd.grpc.v1.cri".containerd]\nruntimes = 1\n'],
  ["runtimes is an array", '[[plugins."io.containerd.grpc.v1.cri".containerd.runtimes]]\nx = 1\n'],
] as const) {
  test(`register – refuses – ${what}`, (t) => {
    t.throws(() => added(text), { name: "StatusError", message: /^\/etc\/containerd\/config\.toml/ });
  });
}

const key = fc.constantFrom("a", "b-c", '"d.e"', "'f g'", "plugins", "version", "root");
const value = fc.constantFrom(
  ...["1", "true", "0x1F", "9007199254740993", '"x # y"', "'\\'", '""', "[1, # one\n 2]", '"""\n[a]\n"""', "{ x = 1 }"],
  ...["1979-05-27T07:32:00Z", "'''\n# begin: added by `dunnage install`\n'''", '["[x]", "#"]'],
);
const header = fc
  .array(fc.constantFrom("a", "plugins", '"io.containerd.grpc.v1.cri"', "containerd", "runtimes", "runc", '"x y"'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((keys) => `[${keys.join(".")}]`);
const line = fc.oneof(
  header,
  fc.tuple(key, value).map(([name, text]) => `  ${name} = ${text}`),
  fc.constantFrom("", "  ", "# comment", "#", "[[array.of]]", "  [[array.of.tables]] # here"),
);
const file = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
  .map(([lines, eol, hasEnd]) => lines.join("\n").replaceAll("\n", eol) + (hasEnd && lines.length > 0 ? eol : ""));

function isToml(text: string): boolean {
  try {
    parse(text, { integersAsBigInt: "asNeeded" });
    return true;
  } catch {
    return false;
  }
}

test("register, unregister – are inverse to the byte, or refuse – any file", (t) => {
  let edits = 0;
  fc.assert(
    fc.property(file.filter(isToml), fc.boolean(), (text, keepsDefault) => {
      let edited: string;
      try {
        edited = added(text, keepsDefault && !text.includes("runtimes"));
      } catch (error) {
        return (error as Error).name === "StatusError";
      }
      edits++;
      return edited.startsWith(text) && removed(edited) === text;
    }),
    { numRuns: 1000 },
  );
  t.true(edits > 500, `only ${edits} files were edited`);
});

test("unregister – takes away what register added – a user added lines before and behind it", (t) => {
  const table = header.map((name) => name.replace("[", "[users."));
  const addition = fc.tuple(table, key, value).map(([name, k, v]) => `${name}\n${k} = ${v}\n`);
  fc.assert(
    fc.property(file.filter(isToml), addition, (text, more) => {
      if (!isToml(`${text}\n${more}`)) return true;
      let edited: string;
      try {
        edited = added(text);
      } catch {
        return true;
      }
      return (
        removed(edited + more) ===
        text + (text === "" || text.endsWith("\n") ? "" : text.includes("\r\n") ? "\r\n" : "\n") + more
      );
    }),
    { numRuns: 500 },
  );
  t.pass();
});
