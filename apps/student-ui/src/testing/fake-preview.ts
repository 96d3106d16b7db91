import { createServer } from "node:http";

/** A page that a student's program would serve. */
export const startFakePreview = async (): Promise<{ readonly port: number; close(): void }> => {
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(
      `<!doctype html><title>app</title><body style="font:16px sans-serif;margin:2rem"><h1>It works</h1><p>You asked for <code>${encodeURI(request.url ?? "")}</code>.</p></body>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
