import { cleanPath, glob } from "../cel/functions.ts";
import { type Part, texts } from "./spec.ts";

/**
 * Returns the arguments of a process, with the program as the path that will be executed. A path relative to the
 * working directory becomes absolute; `.` and doubled slashes are removed. The program is undefined if its path cannot
 * be determined without the container's file system: `..` after a symbolic link does not lead where it seems to.
 */
export function toCommand(process: Part): readonly (string | undefined)[] {
  const [program, ...rest] = texts(process["args"]);
  if (program === undefined) return [];
  if (!program.includes("/")) return [program, ...rest];
  const cwd = typeof process["cwd"] === "string" ? process["cwd"] : "/";
  const path = program.startsWith("/") ? program : `${cwd}/${program}`;
  return [hasParent(path) ? undefined : cleanPath(path), ...rest];
}

/**
 * Whether a command matches patterns. It compares argument by argument: a joined text would let `probe; sh` pass for
 * `probe`.
 */
export function isMatch(command: readonly (string | undefined)[], patterns: readonly string[]): boolean {
  const isOpen = isOpenEnded(patterns);
  const fixed = isOpen ? patterns.slice(0, -1) : patterns;
  if (isOpen ? command.length < fixed.length : command.length !== fixed.length) return false;
  return fixed.every((pattern, i) => {
    const argument = command[i];
    return argument !== undefined && glob(argument, pattern) && !(isPathPattern(pattern) && hasParent(argument));
  });
}

/** `/tmp/*` stands for paths below /tmp, and `/tmp/../etc` is not one. */
const isPathPattern = (pattern: string): boolean => pattern.includes("/") && /[*?]/.test(pattern);
const hasParent = (path: string): boolean => path.split("/").includes("..");

/** Whether the patterns allow any program. */
export const isAnything = (patterns: readonly string[]): boolean => patterns.length === 1 && isOpenEnded(patterns);

const isOpenEnded = (patterns: readonly string[]): boolean => patterns.at(-1) === "**";

/** The directories in which a program of the image is looked up by name. */
export const standardPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * Returns a directory in PATH that is not among `dirs` and in which a program without a slash would be looked up;
 * undefined: there is none.
 */
export function findForeignDirectory(
  process: Part,
  program: string | undefined,
  dirs: readonly string[],
): string | undefined {
  if (program === undefined || program.includes("/")) return undefined;
  return texts(process["env"])
    .filter((entry) => entry.startsWith("PATH="))
    .flatMap((entry) => entry.slice("PATH=".length).split(":"))
    .find((dir) => !dirs.includes(dir));
}

/**
 * Variables that make the dynamic loader or an interpreter run code that the arguments do not name.
 * @see https://man7.org/linux/man-pages/man8/ld.so.8.html
 */
const loading = `
  LD_* GCONV_PATH GLIBC_TUNABLES LOCPATH NLSPATH BASH_ENV ENV BASH_FUNC_* SHELLOPTS BASHOPTS PS4
  PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONINSPECT PYTHONBREAKPOINT PERL5LIB PERLLIB PERL5OPT PERL5DB RUBYLIB RUBYOPT
  NODE_OPTIONS NODE_PATH CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS PHP_INI_SCAN_DIR PHPRC LUA_INIT*
`
  .trim()
  .split(/\s+/);

/**
 * Returns the name of a variable that the process must not have: one that is not in `allowed` or, if that is undefined,
 * one of `loading`. Undefined: there is none.
 */
export function findForeignVariable(process: Part, allowed: readonly string[] | undefined): string | undefined {
  const isOneOf = (name: string, among: readonly string[]): boolean => among.some((pattern) => glob(name, pattern));
  return texts(process["env"])
    .map((entry) => entry.split("=", 1)[0] ?? "")
    .find((name) => (allowed === undefined ? isOneOf(name, loading) : !isOneOf(name, allowed)));
}
