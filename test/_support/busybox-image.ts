import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { encodeTar, type TarEntry } from "./tar.ts";

/** The name under which the image is imported. */
export const busyboxImage = "dunnage.test/busybox:latest";

/** Name and command of a busybox image. Default: the name above and a shell. */
export interface BusyboxImageOptions {
  readonly name?: string;
  readonly command?: readonly string[];
  /** Additional files in the root, by path. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
}

/** Where Debian's busybox-static installs its only binary. */
const busyboxPath = "/bin/busybox";

/**
 * Returns an OCI image archive with the host's static busybox, its applets as links in /bin, and the usual directories.
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export function buildBusyboxImage(options: BusyboxImageOptions = {}): Buffer {
  const { name = busyboxImage, command = ["/bin/sh"], files = new Map() } = options;
  const layer = encodeTar([...busyboxRootfs(), ...Array.from(files, ([path, content]) => file(path, content, 0o755))]);
  const config = json({
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: { Env: ["PATH=/bin"], Cmd: command, WorkingDir: "/" },
    rootfs: { type: "layers", diff_ids: [digest(layer)] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", config),
    layers: [descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
  });
  const annotations = { "io.containerd.image.name": name };
  const entry = { ...descriptor("application/vnd.oci.image.manifest.v1+json", manifest), annotations };
  return encodeTar([
    file("oci-layout", json({ imageLayoutVersion: "1.0.0" })),
    ...[layer, config, manifest].map((blob) => file(`blobs/sha256/${digest(blob).slice("sha256:".length)}`, blob)),
    file("index.json", json({ schemaVersion: 2, manifests: [entry] })),
  ]);
}

/** Returns the files of a root file system with busybox and all its applets. */
export function busyboxRootfs(): readonly TarEntry[] {
  const applets = execFileSync(busyboxPath, ["--list"], { encoding: "utf8" }).split("\n");
  const directories = ["bin", "dev", "etc", "proc", "root", "sys", "tmp"];
  return [
    ...directories.map((path): TarEntry => ({ path, type: "directory", mode: path === "tmp" ? 0o1777 : 0o755 })),
    file("bin/busybox", readFileSync(busyboxPath), 0o755),
    ...applets
      .filter((name) => name !== "" && name !== "busybox")
      .map((name): TarEntry => ({ path: `bin/${name}`, type: "symlink", target: "busybox" })),
    file("etc/passwd", Buffer.from("root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/tmp:/bin/sh\n")),
    file("etc/group", Buffer.from("root:x:0:\nuser:x:1000:\n")),
  ];
}

function file(path: string, content: Uint8Array, mode = 0o644): TarEntry {
  return { path, type: "file", mode, content };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digest(blob: Uint8Array): string {
  return `sha256:${createHash("sha256").update(blob).digest("hex")}`;
}

function descriptor(mediaType: string, blob: Uint8Array) {
  return { mediaType, digest: digest(blob), size: blob.length };
}
