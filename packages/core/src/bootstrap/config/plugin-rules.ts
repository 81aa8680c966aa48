import { suggestion } from "../../errors/nearest.ts";
import type { Config } from "./config.ts";
import { type ConfigFile, placeOf } from "./config-file.ts";

/** What is wrong with plugins of files that are right each by itself: a line for each problem, with file, line and key. */
export function pluginProblems(files: readonly ConfigFile[], { plugins }: Pick<Config, "plugins">): readonly string[] {
  return [...repeatedPlugins(files), ...unmetRequirements(files, plugins), ...lateExemptions(files)];
}

function repeatedPlugins(files: readonly ConfigFile[]): readonly string[] {
  const first = new Map<string, string>();
  const problems: string[] = [];
  for (const file of files) {
    file.config.plugin?.forEach(({ name }, i) => {
      const where = placeOf(file, ["plugin", i, "name"]);
      const earlier = first.get(name);
      if (earlier === undefined) first.set(name, where);
      else problems.push(`${where}: \`plugin.name\` "${name}" is taken already, at ${earlier}`);
    });
  }
  return problems;
}

function unmetRequirements(files: readonly ConfigFile[], plugins: Config["plugins"]): readonly string[] {
  const names = plugins.map(({ name }) => name);
  return files.flatMap((file) =>
    (file.config.hooks?.required ?? []).flatMap((name, i) => {
      const what = `${placeOf(file, ["hooks", "required", i])}: \`hooks.required\` "${name}"`;
      const plugin = plugins.find((each) => each.name === name);
      if (plugin === undefined) return `${what} is missing: no [[plugin]] has this name${suggestion(name, names)}`;
      return plugin.mode === "off" ? `${what} is off, by its own mode or by that of [hooks]` : [];
    }),
  );
}

/** Who locks a plugin knows the exemptions of its own file and of those before it. */
function lateExemptions(files: readonly ConfigFile[]): readonly string[] {
  return files.flatMap((file, i) => {
    const { namespaces = [], pods = [] } = file.config.hooks?.exempt ?? {};
    const locked = files
      .slice(0, i)
      .map(placeOfLocked)
      .find((each) => each !== undefined);
    if (locked === undefined) return [];
    return Object.entries({ namespaces, pods }).flatMap(([key, values]) =>
      values.length === 0
        ? []
        : `${placeOf(file, ["hooks", "exempt", key])}: \`hooks.exempt.${key}\` cannot exempt from ${locked}; only that file and those before it can`,
    );
  });
}

/** `plugin "NAME", locked at FILE:LINE`: the first of a file. */
function placeOfLocked(file: ConfigFile): string | undefined {
  const { plugin: tables = [] } = file.config;
  const i = tables.findIndex(({ locked }) => locked);
  return i < 0 ? undefined : `plugin "${tables[i]?.name}", locked at ${placeOf(file, ["plugin", i, "locked"])}`;
}
