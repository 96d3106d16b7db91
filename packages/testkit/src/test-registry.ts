import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a test registry does besides obeying the distribution specification. */
export interface TestRegistryOptions {
  /** Wants this account: `basic` in every request, `bearer` for a token from its own `/token`. */
  readonly login?: { readonly user: string; readonly password: string; readonly scheme: "basic" | "bearer" };
  /** Answers a request itself: return a status to refuse with, or undefined to go on. */
  readonly refuse?: (request: { readonly method: string; readonly path: string }) => number | undefined;
}

/** A registry in this process (OCI distribution-spec 1.1, the part that pushes use), in memory. */
export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** Manifests by `<repository>:<tag or digest>`. */
  readonly manifests: ReadonlyMap<string, { readonly mediaType: string; readonly bytes: Buffer }>;
  /** Every request as `METHOD path`, in order. */
  readonly requests: readonly string[];
}

export const openTestRegistry = async ({ login, refuse }: TestRegistryOptions = {}): Promise<TestRegistry> => {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, { mediaType: string; bytes: Buffer }>();
  const requests: string[] = [];
  /** What came of a blob so far, by the path of its upload: an engine sends it apart from its digest. */
  const uploads = new Map<string, Buffer>();
  const token = randomUUID();
  const answerTo =
    (response: ServerResponse) =>
    (status: number, headers: Record<string, string> = {}, text = ""): void => {
      response.writeHead(status, headers).end(text);
    };
  const isAllowed = (request: IncomingMessage): boolean => {
    if (login === undefined) return true;
    const basic = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
    return request.headers.authorization === (login.scheme === "basic" ? basic : `Bearer ${token}`);
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET" } = request;
    const answer = answerTo(response);
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    requests.push(`${method} ${url.pathname}`);
    if (url.pathname === "/token") {
      const basic = `Basic ${Buffer.from(`${login?.user}:${login?.password}`).toString("base64")}`;
      return request.headers.authorization === basic ? answer(200, {}, JSON.stringify({ token })) : answer(401);
    }
    const body = await bytesOf(request);
    if (!isAllowed(request)) {
      const how =
        login?.scheme === "basic"
          ? 'Basic realm="test"'
          : `Bearer realm="http://${request.headers.host}/token",service="test",scope="repository:any:pull"`;
      return answer(401, { "www-authenticate": how });
    }
    const refused = refuse?.({ method, path: url.pathname });
    if (refused !== undefined)
      return answer(refused, {}, JSON.stringify({ errors: [{ code: "DENIED", message: "not today" }] }));
    const [, repository = "", kind = "", reference = ""] =
      /^\/v2\/(.+?)\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (url.pathname === "/v2/") return answer(200);
    if (kind === "blobs" && method === "HEAD") {
      const blob = blobs.get(reference);
      return blob === undefined ? answer(404) : answer(200, { "content-length": String(blob.length) });
    }
    if (kind === "blobs" && method === "POST")
      return answer(202, { location: `/v2/${repository}/blobs/uploads/${randomUUID()}` });
    if (kind === "blobs" && method === "PATCH") {
      const sent = Buffer.concat([uploads.get(url.pathname) ?? Buffer.alloc(0), body]);
      uploads.set(url.pathname, sent);
      return answer(202, { location: url.pathname, range: `0-${sent.length - 1}` });
    }
    if (kind === "blobs" && method === "PUT") {
      const digest = url.searchParams.get("digest") ?? "";
      const blob = Buffer.concat([uploads.get(url.pathname) ?? Buffer.alloc(0), body]);
      uploads.delete(url.pathname);
      if (digest !== digestOf(blob)) return answer(400);
      blobs.set(digest, blob);
      return answer(201);
    }
    if (kind === "manifests" && method === "PUT") {
      manifests.set(`${repository}:${reference}`, { mediaType: request.headers["content-type"] ?? "", bytes: body });
      return answer(201, { "docker-content-digest": digestOf(body) });
    }
    if (kind === "blobs" && method === "GET" && blobs.has(reference)) {
      const blob = blobs.get(reference) as Buffer;
      response.writeHead(200, { "content-length": blob.length }).end(blob);
      return;
    }
    const found = manifests.get(`${repository}:${reference}`) ?? byDigest(repository, reference);
    if (kind !== "manifests" || found === undefined)
      return answer(
        404,
        { "content-type": "application/json" },
        JSON.stringify({ errors: [{ code: "MANIFEST_UNKNOWN" }] }),
      );
    response.writeHead(200, {
      "docker-content-digest": digestOf(found.bytes),
      "content-type": found.mediaType,
      "content-length": found.bytes.length,
    });
    response.end(method === "HEAD" ? undefined : found.bytes);
  };
  /** What was sent under a tag is asked for by its digest too. */
  const byDigest = (repository: string, digest: string): { mediaType: string; bytes: Buffer } | undefined => {
    if (!digest.startsWith("sha256:")) return undefined;
    for (const [name, manifest] of manifests)
      if (name.startsWith(`${repository}:`) && digestOf(manifest.bytes) === digest) return manifest;
    return undefined;
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs,
    manifests,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
