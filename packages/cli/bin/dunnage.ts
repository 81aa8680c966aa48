import { commands } from "../src/commands.ts";
import { main } from "../src/main.ts";

// The reader has gone: end with the status that SIGPIPE gives programs in Go and C.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 128 + 13 : 1));

const { env, stdin, stdout, stderr } = process;
const libDir = env["DUNNAGE_LIB"] || import.meta.dirname;
void main(process.argv.slice(2), { env, libDir, stdin, stdout, stderr, exitStatus: 0 }, commands).then((status) => {
  process.exitCode = status;
});
