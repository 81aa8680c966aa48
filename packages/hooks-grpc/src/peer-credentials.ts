import type { Socket } from "node:net";
import { CallCredentials, ChannelCredentials } from "@grpc/grpc-js";

type Connector = ReturnType<ChannelCredentials["_createSecureConnector"]>;

/**
 * Credentials of a channel without TLS whose every connection is looked at before a byte is sent: grpc-js lets these make a
 * connected socket secure.
 */
export class PeerCredentials extends ChannelCredentials {
  readonly #checkPeer: (socket: Socket) => void;
  readonly #refused = Promise.withResolvers<never>();

  /** @param checkPeer throws if the connection is not to be used. */
  constructor(checkPeer: (socket: Socket) => void) {
    super();
    this.#checkPeer = checkPeer;
    this.#refused.promise.catch(() => undefined); // nobody has to ask
  }

  /** Rejects with the reason of the first connection that was refused: grpc-js itself only tries again. */
  get refused(): Promise<never> {
    return this.#refused.promise;
  }

  override _isSecure(): boolean {
    return false;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(): Connector {
    return {
      connect: async (socket) => {
        try {
          this.#checkPeer(socket);
        } catch (error) {
          this.#refused.reject(error);
          throw error;
        }
        return { socket, secure: false };
      },
      waitForReady: async () => {},
      getCallCredentials: () => CallCredentials.createEmpty(),
      destroy: () => {},
    };
  }
}
