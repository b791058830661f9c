/** Servers on this machine that do as a test says, and how they are reached by any name. */
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { HostAddress, ResolveHost } from "./guarded-connections.ts";
import type { OutboundPolicy } from "./outbound-policy.ts";

/** A server that listens. */
export interface FaultServer {
  readonly port: number;
  /** Its address, by its number: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What was asked, in order: method and path. */
  readonly asked: string[];
  /** Connections that were made. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** Allows what tests ask. */
export const LOOPBACK_POLICY: OutboundPolicy = Object.freeze({ allow: ["127.0.0.1"], deny: [] });

/** Starts a server on loopback. */
export async function startServer(answer: RequestListener): Promise<FaultServer> {
  const asked: string[] = [];
  let connections = 0;
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, url: `http://127.0.0.1:${port}`, asked, connections: () => connections, close };
}

/** Resolves every name to these addresses. */
export function resolvesTo(...addresses: readonly string[]): ResolveHost {
  const found = addresses.map((address): HostAddress => ({ address, family: address.includes(":") ? 6 : 4 }));
  return () => Promise.resolve(found);
}

/** Breaks the connection, without an end of the answer. */
export function breakConnection(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}
