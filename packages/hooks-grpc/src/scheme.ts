import type { PluginSchemes } from "@dunnage/core/bootstrap";
import { serverScheme, trustedSocket } from "@dunnage/core/internal";

/**
 * The plugin scheme `grpc:/absolute/path.sock`: a socket in a place where only root and the daemon's own user can have
 * created it. The package itself is loaded only when the configuration names such a server.
 */
export const grpcScheme: PluginSchemes = {
  grpc: serverScheme(async (path, checkPeer) => {
    const { openGrpcSocket } = await import("@dunnage/hooks-grpc");
    return await openGrpcSocket(trustedSocket(path), checkPeer);
  }),
};
