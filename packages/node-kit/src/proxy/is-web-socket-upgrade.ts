import type { IncomingMessage } from "node:http";

/**
 * Whether a request asks for a WebSocket, for a server's `shouldUpgradeCallback`. Another protocol that is offered,
 * as `curl --http2` and Java do with every request, is no reason not to answer (RFC 9110 §7.8), and HTTP/1.0 knows
 * no upgrade.
 */
export const isWebSocketUpgrade = ({ headers, httpVersion }: IncomingMessage): boolean =>
  httpVersion !== "1.0" && headers.upgrade?.toLowerCase() === "websocket";
