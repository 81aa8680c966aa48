import { Code } from "../code.ts";
import { StatusError } from "../status-error.ts";
import type { ServerInterceptor, Service, UnaryMethod } from "./call.ts";

/** The methods of a server, each wrapped in its interceptors. Names match exactly, and never a prototype's property. */
export class MethodTable {
  // Streaming methods would be a second table next to this one. Go looks up unary methods first.
  readonly #services = new Map<string, ReadonlyMap<string, UnaryMethod>>();

  /** The first interceptor is the outermost. */
  constructor(services: Readonly<Record<string, Service>>, interceptors: readonly ServerInterceptor[]) {
    for (const [name, service] of Object.entries(services)) {
      const methods = new Map<string, UnaryMethod>();
      for (const [method, run] of Object.entries(service)) {
        methods.set(method, intercept(run.bind(service), interceptors));
      }
      this.#services.set(name, methods);
    }
  }

  /** Returns the method, or an Unimplemented status with the text of the Go server. */
  find(service: string, method: string): UnaryMethod | StatusError {
    const methods = this.#services.get(service);
    if (methods === undefined) return new StatusError(Code.Unimplemented, `service ${service}`);
    return methods.get(method) ?? new StatusError(Code.Unimplemented, `method ${method}`);
  }
}

function intercept(method: UnaryMethod, interceptors: readonly ServerInterceptor[]): UnaryMethod {
  return interceptors.reduceRight<UnaryMethod>(
    (next, interceptor) => (payload, call) => interceptor(payload, call, next),
    method,
  );
}
