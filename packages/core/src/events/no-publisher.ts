import type { Publisher } from "./publisher.ts";

/**
 * A publisher that discards events, for a shim without TTRPC_ADDRESS. A client other than containerd learns of an exit
 * through Wait.
 */
export const noPublisher: Publisher = {
  publish: () => {},
  flush: () => Promise.resolve(),
  close: () => {},
};
