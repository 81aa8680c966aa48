import { suggestion } from "../../errors/nearest.ts";
import type { Config } from "./config.ts";
import { type ConfigFile, placeOf } from "./config-file.ts";

/** Returns the problems with plugins in files that are valid on their own: one line each, with file, line and key. */
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

/**
 * Only later files are refused: the author of a locked plugin knows the exemptions of its own file and of earlier ones.
 */
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

/** Returns `plugin "NAME", locked at FILE:LINE` for the first locked plugin of a file. */
function placeOfLocked(file: ConfigFile): string | undefined {
  const { plugin: tables = [] } = file.config;
  const i = tables.findIndex(({ locked }) => locked);
  return i < 0 ? undefined : `plugin "${tables[i]?.name}", locked at ${placeOf(file, ["plugin", i, "locked"])}`;
}
