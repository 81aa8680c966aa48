import type { Call } from "../../src/index.ts";

/** Returns a method that holds its call until `release`, and a promise that resolves when the method is entered. */
export function openGate() {
  const entered = Promise.withResolvers<Call>();
  const release = Promise.withResolvers<Uint8Array>();
  const method = (_payload: Uint8Array, call: Call) => {
    entered.resolve(call);
    return release.promise;
  };
  return { entered: entered.promise, release: release.resolve, method };
}
