import { posix } from "node:path";
import { RE2JS } from "@bufbuild/re2";

/**
 * Maximum number of cached patterns. Patterns can come from values, so an unlimited cache could grow without bounds.
 */
const maxPatterns = 256;
const patterns = new Map<string, RE2JS>();

/**
 * Whether `pattern`, in RE2's syntax, matches somewhere in `text`. Linear in the length of both.
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function re2(text: string, pattern: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    if (patterns.size >= maxPatterns) patterns.clear();
    compiled = RE2JS.compile(pattern);
    patterns.set(pattern, compiled);
  }
  return compiled.test(text);
}

/** Whether all of `text` matches a pattern in which `*` stands for any text and `?` for one character. */
export function glob(text: string, pattern: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    if (from < pattern.length && pattern[from] === "*") {
      star = from++;
      mark = at;
    } else if (from < pattern.length && (pattern[from] === "?" || pattern[from] === text[at])) {
      from++;
      at++;
    } else if (star >= 0) {
      from = star + 1;
      at = ++mark;
    } else return false;
  }
  while (pattern[from] === "*") from++;
  return from === pattern.length;
}

/** Returns the path without `.`, `..` and doubled slashes. It does not access the file system. */
export function cleanPath(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith("/") ? clean.slice(0, -1) : clean;
}

/** Whether `path` is `prefix` or below it. Both are cleaned first. */
export function isUnder(path: string, prefix: string): boolean {
  const [clean, root] = [cleanPath(path), cleanPath(prefix)];
  return clean === root || clean.startsWith(root === "/" ? "/" : `${root}/`);
}

/** Returns `CAP_NET_RAW` for any spelling of it. @see https://man7.org/linux/man-pages/man7/capabilities.7.html */
export function capability(name: string): string {
  const upper = name.toUpperCase();
  return upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
}

const units: Readonly<Record<string, bigint>> = {
  "": 1n,
  k: 10n ** 3n,
  M: 10n ** 6n,
  G: 10n ** 9n,
  T: 10n ** 12n,
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
};

/**
 * Returns the bytes of a Kubernetes quantity such as `512Mi`.
 * @throws {Error} it is no quantity.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantity(text: string): bigint {
  const [, count, unit = ""] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (count === undefined || factor === undefined)
    throw new Error(`${JSON.stringify(text)} is no quantity such as "512Mi"`);
  return BigInt(count) * factor;
}

/**
 * Returns the value of a variable in a list of `NAME=value`. The last one counts, as for most programs. Empty if there
 * is none.
 */
export function envValue(env: readonly string[], name: string): string {
  const found = env.findLast((entry) => entry.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? "";
}

/**
 * Returns the parts of an image reference, with `docker.io` and `latest` filled in.
 * @see https://github.com/distribution/reference
 */
export function parseImage(reference: string): { registry: string; repository: string; tag: string; digest: string } {
  const [name = "", digest = ""] = reference.split("@");
  const slash = name.indexOf("/");
  const first = slash === -1 ? "" : name.slice(0, slash);
  const hasRegistry = /[.:]/.test(first) || first === "localhost";
  const rest = hasRegistry ? name.slice(slash + 1) : name;
  const colon = rest.lastIndexOf(":");
  const path = colon > rest.lastIndexOf("/") ? rest.slice(0, colon) : rest;
  return {
    registry: hasRegistry ? first : "docker.io",
    repository: hasRegistry || path.includes("/") ? path : `library/${path}`,
    tag: path === rest ? (digest === "" ? "latest" : "") : rest.slice(path.length + 1),
    digest,
  };
}
