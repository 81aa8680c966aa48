import { main, toProgram } from "@dunnage/core/bootstrap";

const program = toProgram({
  runc: async () => (await import("@dunnage/runtime-runc")).default,
  crun: async () => (await import("@dunnage/runtime-crun")).default,
  runsc: async () => (await import("@dunnage/runtime-runsc")).default,
});

void main(process.argv.slice(2), process.env, program).then((status) => process.exit(status));
