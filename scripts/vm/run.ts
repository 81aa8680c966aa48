import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { provideVm, type VmParts } from "./parts.ts";

/** Space on the kernel command line of x86, minus its other content. */
const maxCommandBytes = 1_400;

/**
 * Runs a shell command as root in a VM that has only cgroup v2. The VM has the host's files, whose changes are lost
 * when it ends, and no network except loopback. It is emulated, so about ten times slower than the host. Resolves to
 * the exit status; `onLine` gets each line of output.
 * @throws {Error} the VM ended without a status, or `signal` ended it.
 */
export async function runInVm(command: string, onLine: (line: string) => void, signal: AbortSignal): Promise<number> {
  const encoded = Buffer.from(command).toString("base64");
  if (encoded.length > maxCommandBytes) throw new Error(`vm: the command is too long: ${command.length} bytes`);
  const parts = provideVm();
  const child = spawn(parts.emulator, emulatorArguments(parts, encoded), {
    env: { LD_LIBRARY_PATH: parts.libraries },
    stdio: ["ignore", "pipe", "inherit"],
    killSignal: "SIGKILL",
    signal,
  });
  const ended = new Promise<void>((resolve, reject) => child.once("error", reject).once("close", () => resolve()));
  let status: number | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /^vm: status (\d+)/.exec(line);
    if (found !== null) status = Number(found[1]);
    else onLine(line);
  }
  await ended;
  if (status === undefined) throw new Error("vm: it ended before the command did");
  return status;
}

function emulatorArguments(parts: VmParts, command: string): string[] {
  const append = `console=ttyS0 quiet loglevel=1 panic=-1 vm.command=${command}`;
  return [
    // An x86-64-v2 processor. On an older one JavaScript engines run code paths that hardly any machine uses.
    ...[
      "-accel",
      "tcg,thread=multi",
      "-cpu",
      "Nehalem",
      "-smp",
      "2",
      "-m",
      "4096",
      "-nographic",
      "-no-reboot",
      "-nic",
      "none",
    ],
    ...["-L", parts.firmware, "-L", parts.firmware.replace(/qemu$/, "seabios")],
    ...["-kernel", parts.kernel, "-initrd", parts.initramfs, "-append", append],
    ...["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"],
  ];
}
