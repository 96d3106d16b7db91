import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";

/** A host that exists only behind the proxy. */
export const hiddenHost = "mirror.hidden.test";

/** A network as companies have them: what is outside is reached through a proxy that signs with its own authority. */
export interface AuthorNetwork extends AsyncDisposable {
  /** The proxy with a login, at an address that containers reach. */
  readonly proxy: string;
  readonly password: string;
  /** PEM of the authority. */
  readonly caFile: string;
  /** A plain server beside the proxy, at an address that containers reach. */
  readonly direct: string;
  /** What the proxy was asked for: `CONNECT host:port` or `GET url`, and what came without the login. */
  readonly asked: readonly string[];
}

const openssl = (...args: string[]): void => {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
};

/** An authority and a certificate of its for the hidden host. */
const makeCertificates = (folder: string) => {
  const at = (name: string): string => join(folder, name);
  const subject = (name: string) => ["-subj", `/CN=${name}`, "-days", "2", "-nodes"];
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    ...subject("Author CA"),
  );
  openssl(
    "req",
    "-newkey",
    "rsa:2048",
    "-keyout",
    at("host.key"),
    "-out",
    at("host.csr"),
    "-nodes",
    "-subj",
    `/CN=${hiddenHost}`,
  );
  writeFileSync(at("names"), `subjectAltName=DNS:${hiddenHost}\n`);
  openssl(
    "x509",
    "-req",
    "-in",
    at("host.csr"),
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    at("names"),
    "-out",
    at("host.pem"),
  );
  return { caFile: at("ca.pem"), key: readFileSync(at("host.key")), cert: readFileSync(at("host.pem")) };
};

/** Where containers reach this machine: an address of its own that is not its loopback. */
export const ownAddress = (): string => {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const found = addresses.find(({ family, internal }) => family === "IPv4" && !internal);
  if (found === undefined) throw new Error("this machine has no address that a container could reach");
  return found.address;
};

const listen = async (server: { listen(port: number, host: string): unknown }, host: string): Promise<number> => {
  server.listen(0, host);
  await once(server as never, "listening");
  return (server as never as { address(): AddressInfo }).address().port;
};

/** Opens the network; the hidden host answers every path with `hidden <path>`, the direct one with `direct <path>`. */
export const openAuthorNetwork = async (): Promise<AuthorNetwork> => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-network-"));
  const { caFile, key, cert } = makeCertificates(folder);
  const password = `pass${process.pid}word${Math.trunc(performance.now() * 1000)}`;
  const login = `Basic ${Buffer.from(`author:${password}`).toString("base64")}`;
  const asked: string[] = [];
  const hidden = createHttpsServer({ key, cert }, ({ url }, answer) => answer.end(`hidden ${url}`));
  const direct = createServer(({ url }, answer) => answer.end(`direct ${url}`));
  const host = ownAddress();
  const hiddenPort = await listen(hidden, "127.0.0.1");
  const isKnown = ({ headers }: IncomingMessage): boolean => headers["proxy-authorization"] === login;
  const proxy = createServer((incoming, answer) => {
    asked.push(`${incoming.method} ${incoming.url}${isKnown(incoming) ? "" : " without login"}`);
    request(incoming.url ?? "", (response) => response.pipe(answer)).end();
  });
  proxy.on("connect", (incoming: IncomingMessage, socket: Duplex) => {
    asked.push(`CONNECT ${incoming.url}${isKnown(incoming) ? "" : " without login"}`);
    socket.on("error", () => {});
    if (!isKnown(incoming) || !incoming.url?.startsWith(`${hiddenHost}:`)) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const onward = connect(hiddenPort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
  });
  const [proxyPort, directPort] = [await listen(proxy, host), await listen(direct, host)];
  return {
    proxy: `http://author:${password}@${host}:${proxyPort}`,
    password,
    caFile,
    direct: `http://${host}:${directPort}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const server of [proxy, hidden, direct]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      rmSync(folder, { recursive: true });
    },
  };
};
