import type { PluginSchemes } from "@dunnage/core/bootstrap";
import { serverScheme, trustedSocket } from "@dunnage/core/internal";

/**
 * `grpc:/absolute/path.sock`, a socket that nobody but root and the daemon's own user can have put there. The package itself is
 * loaded when the configuration names such a server.
 */
export const grpcScheme: PluginSchemes = {
  grpc: serverScheme(async (path, checkPeer) => {
    const { openGrpcSocket } = await import("@dunnage/hooks-grpc");
    return await openGrpcSocket(trustedSocket(path), checkPeer);
  }),
};
