import { Server } from "@dunnage/ttrpc";
import { dunnage } from "../../src/proto/gen/hooks.js";

const { ConfigureRequest, ConfigureResponse, HandleRequest, HandleResponse, NotifyRequest, NotifyResponse } =
  dunnage.hooks.v1;

/** The behaviour of a test's hook server; a method may answer any bytes. */
export interface HookServerParts {
  readonly hooks?: readonly dunnage.hooks.v1.ISubscription[];
  readonly configure?: (request: dunnage.hooks.v1.ConfigureRequest) => void | Promise<void>;
  readonly handle?: (
    request: dunnage.hooks.v1.HandleRequest,
    signal: AbortSignal,
  ) => dunnage.hooks.v1.IHandleResponse | Uint8Array | Promise<dunnage.hooks.v1.IHandleResponse>;
  readonly notify?: (event: unknown) => void;
}

/** Listens on `path`. */
export async function openHookServer(path: string, parts: HookServerParts): Promise<Server> {
  const { hooks = [], configure, handle, notify } = parts;
  const service = {
    Configure: async (payload: Uint8Array) => {
      await configure?.(ConfigureRequest.decode(payload));
      return ConfigureResponse.encode({ name: "test-server", hooks: [...hooks] }).finish();
    },
    Handle: async (payload: Uint8Array, { signal }: { readonly signal: AbortSignal }) => {
      const answer = (await handle?.(HandleRequest.decode(payload), signal)) ?? {};
      return answer instanceof Uint8Array ? answer : HandleResponse.encode(answer).finish();
    },
    Notify: (payload: Uint8Array) => {
      for (const { event_json } of NotifyRequest.decode(payload).events) notify?.(parseJson(event_json));
      return NotifyResponse.encode({}).finish();
    },
  };
  const server = new Server({ services: { "dunnage.hooks.v1.Hooks": service } });
  await server.listen({ path });
  return server;
}

/** Parses JSON from a bytes field of a message. */
export const parseJson = (bytes: Uint8Array | null | undefined): unknown =>
  JSON.parse(Buffer.from(bytes ?? []).toString());
