// Serves svc/Echo on the listening socket that it inherits as descriptor 3, until its stdin ends.
import { Server } from "../../src/index.ts";

const server = new Server({ services: { svc: { Echo: (payload) => payload } } });
await server.listen({ fd: 3 });
process.stdin.resume().on("end", () => server.close());
