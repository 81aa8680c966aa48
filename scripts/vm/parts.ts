/** The parts of the VM, from Debian's packages, kept in .cache/vm: an emulator, a kernel and an initial file system. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const cacheDir = resolve(import.meta.dirname, "../../.cache");
const vmDir = join(cacheDir, "vm");
/** Not the cloud kernel: it has no 9p. */
const kernelPackage = "linux-image-amd64";
const emulatorRoots = ["qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios", "kmod"];
/** Packages that the installation of a kernel and an emulator requires, but no emulator needs to run. */
const needlessPackages =
  /^(systemd|udev|initramfs|dracut|klibc|libklibc|linux-|lib(nss|pam)-systemd|libsystemd-shared|cpio)/;
/** Kernel modules for the host's disk and for containers. */
const moduleNames = ["virtio_pci", "9pnet_virtio", "9p", "overlay", "veth", "bridge"];

/** Paths of the parts. */
export interface VmParts {
  readonly emulator: string;
  /** Directories of the emulator's shared libraries, in the form of LD_LIBRARY_PATH. */
  readonly libraries: string;
  /** Directory of the emulator's firmware. */
  readonly firmware: string;
  readonly kernel: string;
  readonly initramfs: string;
}

/**
 * Returns the parts. The first call downloads and unpacks them (about 90 MB). Their directory is either complete or
 * does not exist.
 */
export function provideVm(): VmParts {
  if (!existsSync(vmDir)) build();
  makeInitramfs();
  return {
    emulator: join(vmDir, "root/usr/bin/qemu-system-x86_64"),
    libraries: librariesOf(join(vmDir, "root")),
    firmware: join(vmDir, "root/usr/share/qemu"),
    kernel: join(vmDir, "vmlinuz"),
    initramfs: join(vmDir, "initramfs"),
  };
}

function build(): void {
  const work = join(cacheDir, `vm.${process.pid}`);
  try {
    const [root, kernel] = [join(work, "root"), join(work, "kernel")];
    const image = kernelImage();
    for (const file of download([...emulatorPackages(), image], join(work, "packages"))) {
      execFileSync("dpkg", ["-x", file, basename(file).startsWith(image) ? kernel : root]);
    }
    takeKernel(kernel, root, work);
    for (const needless of ["packages", "kernel"]) rmSync(join(work, needless), { recursive: true });
    renameSync(work, vmDir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Returns the name of the package to which the kernel's meta package currently refers. */
function kernelImage(): string {
  const text = apt("apt-cache", ["depends", "--important", kernelPackage]);
  const image = /Depends: (linux-image-\S+)/.exec(text)?.[1];
  if (image === undefined) throw new Error(`vm: ${kernelPackage} is not in apt's lists: apt-get update`);
  return image;
}

/** Returns the packages of the emulator, and those that it needs and the host does not have. */
function emulatorPackages(): string[] {
  const plan = apt("apt-get", ["-s", "install", "--no-install-recommends", ...emulatorRoots]);
  const lacking = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name ?? "");
  return [...new Set([...emulatorRoots, ...lacking.filter((name) => !needlessPackages.test(name))])];
}

function download(names: readonly string[], dir: string): string[] {
  mkdirSync(dir, { recursive: true });
  execFileSync("apt-get", ["-qq", "-o", "APT::Sandbox::User=root", "download", ...names], { cwd: dir });
  return readdirSync(dir).map((name) => join(dir, name));
}

function apt(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
}

/** Keeps the kernel and the modules, with the order in which they have to be loaded. The rest, 400 MB, is dropped. */
function takeKernel(kernel: string, root: string, work: string): void {
  const [version = ""] = readdirSync(join(kernel, "lib/modules"));
  const kmod = (name: string, ...args: string[]): string => {
    const env = { LD_LIBRARY_PATH: librariesOf(root) };
    const result = spawnSync(join(root, "bin/kmod"), args, { argv0: name, encoding: "utf8", env });
    if (result.status !== 0) throw new Error(`vm: ${name}: ${result.stderr}`);
    return result.stdout;
  };
  kmod("depmod", "-b", kernel, version);
  const show = (module: string): string => kmod("modprobe", "-d", kernel, "-S", version, "--show-depends", module);
  const lines = moduleNames.flatMap((module) => show(module).split("\n"));
  const files = lines.filter((line) => line.startsWith("insmod ")).map((line) => line.split(" ")[1] ?? "");
  const modules = join(work, "initramfs.d/modules");
  mkdirSync(modules, { recursive: true });
  for (const file of new Set(files)) copyFileSync(file, join(modules, basename(file)));
  writeFileSync(join(modules, "order"), [...new Set(files)].map((file) => `${basename(file)}\n`).join(""));
  copyFileSync(join(kernel, `boot/vmlinuz-${version}`), join(work, "vmlinuz"));
}

/** Builds the initial file system, every time: init.sh is part of it. */
function makeInitramfs(): void {
  const tree = join(vmDir, "initramfs.d");
  mkdirSync(join(tree, "bin"), { recursive: true });
  copyFileSync("/bin/busybox", join(tree, "bin/busybox"));
  copyFileSync(join(import.meta.dirname, "init.sh"), join(tree, "init"));
  execFileSync("chmod", ["0755", join(tree, "init")]);
  const script = 'find . | busybox cpio -o -H newc >"$0.new" 2>/dev/null && mv "$0.new" "$0"';
  execFileSync("sh", ["-c", script, join(vmDir, "initramfs")], { cwd: tree });
}

function librariesOf(root: string): string {
  return [join(root, "usr/lib/x86_64-linux-gnu"), join(root, "lib/x86_64-linux-gnu")].join(":");
}
