import { lstatSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { failedPrecondition, notFound } from "@dunnage/core";
import { findExecutable } from "../containerd/containerd-program.ts";
import { toLauncher } from "../containerd/runtime-name.ts";

/** An installation of Dunnage. */
export interface Installation {
  /** Directory of the launchers and of `dunnage`. */
  readonly binDir: string;
  /** Names of the adapters that have a launcher. */
  readonly runtimes: readonly string[];
}

/** Where links are made, and where containerd looks for launchers. */
export interface LinkPlace {
  readonly linkDir: string;
  /** Search path of containerd. */
  readonly searchPath: string;
}

/** A link that lets containerd find a launcher. */
export interface Link {
  readonly path: string;
  readonly target: string;
}

/**
 * Reads which launchers an installation has.
 * @throws {StatusError} NotFound – there is no installation.
 */
export function readInstallation(libDir: string): Installation {
  const runtimes = readLaunchers(libDir).flatMap((name) => /^containerd-shim-dunnage-(.+)-v1$/.exec(name)?.[1] ?? []);
  return { binDir: resolve(libDir, "../../bin"), runtimes };
}

/**
 * Returns the link that a runtime needs; undefined: containerd finds its launcher without one. A runtime without a
 * launcher of its own gets a link to another runtime's: a launcher starts the runtime of the name under which it is
 * called.
 * @throws {StatusError} FailedPrecondition – the name is already used for something else.
 */
export function toLink(name: string, installation: Installation, { linkDir, searchPath }: LinkPlace): Link | undefined {
  const found = findExecutable(toLauncher(name), searchPath);
  const wanted = installation.runtimes.includes(name) ? name : installation.runtimes[0];
  if (wanted === undefined) throw notFound(`no launchers in ${installation.binDir}`);
  const target = join(installation.binDir, toLauncher(wanted));
  if (found !== undefined && realpathSync(found) === realpathSync(target)) return undefined;
  if (found !== undefined && searchPath.split(delimiter).includes(linkDir) && dirname(found) !== linkDir) {
    throw failedPrecondition(`${found}: of another installation; containerd would find it first`);
  }
  const path = join(linkDir, toLauncher(name));
  if (isLinkTo(path, target)) return undefined;
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) {
    throw failedPrecondition(`${path}: exists, and is no link to ${target}`);
  }
  return { path, target };
}

/** Returns those of the paths `names` that are links to launchers of an installation. */
export function findLinks(installation: Installation, names: Iterable<string>): readonly Link[] {
  const launchers = installation.runtimes.map((name) => join(installation.binDir, toLauncher(name)));
  return [...new Set(names)].flatMap((path) => {
    const target = launchers.find((launcher) => isLinkTo(path, launcher));
    return target === undefined ? [] : [{ path, target }];
  });
}

function isLinkTo(path: string, target: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(path) === target;
}

function readLaunchers(libDir: string): string[] {
  try {
    return readFileSync(join(libDir, "launchers"), "utf8").split("\n");
  } catch {
    throw notFound(`${libDir}: no installation of Dunnage`);
  }
}
