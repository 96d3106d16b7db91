import { once } from "node:events";
import { connect, createServer } from "node:net";

/** What a supervisor does for a browser: a port of this machine that leads to a container. */
export const openForward = async (
  port: number,
  target: { readonly host: string; readonly port: number },
): Promise<Disposable> => {
  const server = createServer((browser) => {
    const container = connect(target.port, target.host);
    for (const [from, to] of [
      [browser, container],
      [container, browser],
    ] as const)
      from
        .setNoDelay(true)
        .on("error", () => to.destroy())
        .pipe(to);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return { [Symbol.dispose]: () => server.close() };
};
