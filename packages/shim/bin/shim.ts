import { endProcess, main, toProgram } from "@dunnage/core/bootstrap";
import { grpcScheme } from "@dunnage/hooks-grpc/scheme";
import { policySchemes } from "@dunnage/policy/schemes";

const adapters = {
  runc: async () => (await import("@dunnage/runtime-runc")).default,
  crun: async () => (await import("@dunnage/runtime-crun")).default,
  runsc: async () => (await import("@dunnage/runtime-runsc")).default,
};

const program = toProgram(adapters, { ...policySchemes, ...grpcScheme });

void main(process.argv.slice(2), process.env, program).then(endProcess);
