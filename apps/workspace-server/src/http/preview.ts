import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ownCookiePrefix, parsePreviewPath, previewHeader, previewPrefix, serverPort } from "@atelier/contract";
import { forwardRequest, forwardUpgrade, refuseUpgrade, type Upstream } from "@atelier/node-kit";

/** What the server listens on itself, and who may ask. */
export interface PreviewRules {
  readonly controlToken: string | undefined;
  readonly ownPort: number;
}

export const isPreview = (request: IncomingMessage): boolean => (request.url ?? "").startsWith(previewPrefix);

/** Passes a request on to what listens on a port of the container's loopback. */
export const servePreview = (request: IncomingMessage, response: ServerResponse, rules: PreviewRules): void => {
  const target = targetOf(request, rules);
  if (typeof target === "string") {
    response.writeHead(Number(target.slice(0, 3)), { "Content-Type": "text/plain; charset=utf-8" }).end(`${target}\n`);
    return;
  }
  forwardRequest({ request, response }, upstreamOf(target), () => {
    response
      .writeHead(502, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", Refresh: "3" })
      .end(nothingListens(target.port));
  });
};

export const upgradePreview = (
  request: IncomingMessage,
  { socket, head }: { readonly socket: Duplex; readonly head: Buffer },
  rules: PreviewRules,
): void => {
  const target = targetOf(request, rules);
  if (typeof target === "string") refuseUpgrade(socket, target);
  else forwardUpgrade({ request, socket, head }, upstreamOf(target));
};

/** Where it goes, or the status with which it is refused. */
const targetOf = (
  request: IncomingMessage,
  { controlToken, ownPort }: PreviewRules,
): { readonly port: number; readonly path: string } | string => {
  const given = Buffer.from(String(request.headers[previewHeader] ?? ""));
  const wanted = Buffer.from(controlToken ?? "");
  if (wanted.length === 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return "404 Not Found";
  const target = parsePreviewPath(request.url ?? "");
  // Our own port would answer as if the browser had come to us.
  return target === undefined || target.port === ownPort || target.port === serverPort ? "404 Not Found" : target;
};

const upstreamOf = ({ port, path }: { readonly port: number; readonly path: string }): Upstream => ({
  port,
  path,
  headers: { host: `localhost:${port}` },
  dropHeaders: [previewHeader],
  dropCookies: (name) => name.startsWith(ownCookiePrefix),
  connect: () => connectLoopback(port),
});

/** Many development servers listen on one of the two loopback addresses only, and not always the same. */
const connectLoopback = (port: number): Socket =>
  connect({ host: "localhost", port, autoSelectFamily: true, lookup: bothLoopbacks });

/** `localhost` without asking a resolver: the image's hosts file is the author's business. */
const bothLoopbacks = (
  _name: string,
  _options: unknown,
  done: (error: Error | null, addresses: { address: string; family: number }[]) => void,
): void =>
  done(null, [
    { address: "127.0.0.1", family: 4 },
    { address: "::1", family: 6 },
  ]);

const nothingListens = (port: number): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Port ${port}</title>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem">
<h1 style="font-size: 1.25rem">Nothing listens on port ${port} yet</h1>
<p>Start your program in the terminal. This page looks again by itself.</p>
`;
