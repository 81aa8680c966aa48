import type { Socket } from "node:net";
import { CallCredentials, ChannelCredentials } from "@grpc/grpc-js";

type Connector = ReturnType<ChannelCredentials["_createSecureConnector"]>;

/**
 * Channel credentials without TLS that check every connection before a byte is sent. They do so in the step in which
 * grpc-js lets credentials secure a connected socket.
 */
export class PeerCredentials extends ChannelCredentials {
  readonly #checkPeer: (socket: Socket) => void;
  readonly #refused = Promise.withResolvers<never>();

  /** @param checkPeer throws if the connection must not be used. */
  constructor(checkPeer: (socket: Socket) => void) {
    super();
    this.#checkPeer = checkPeer;
    this.#refused.promise.catch(() => undefined); // callers may ignore `refused`
  }

  /** Rejects with the reason for the first refused connection. grpc-js itself would only try again. */
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
