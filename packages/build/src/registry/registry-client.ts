import { request as httpRequest, Agent as HttpAgent, type IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { AppError } from "@atelier/domain";
import type { Credentials } from "./credentials.ts";
import { type ImageRepository, textOfRepository } from "./image-repository.ts";

/** One repository at a registry (OCI distribution-spec 1.1). Every method throws `AppError` `push-refused` or `registry-unreachable`. */
export interface RegistryClient extends Disposable {
  hasBlob(digest: string): Promise<boolean>;
  /** Uploads a blob in one piece. `open` is called again when the registry first asks who we are. */
  putBlob(blob: { readonly digest: string; readonly size: number; open(): Readable }): Promise<void>;
  /** Stores a manifest or an index under a tag or its digest. */
  putManifest(reference: string, document: { readonly mediaType: string; readonly bytes: Buffer }): Promise<void>;
  /** Digest that a tag stands for now; undefined when there is none. */
  digestOf(reference: string): Promise<string | undefined>;
}

export interface RegistryOptions {
  readonly credentials: Credentials | undefined;
  /** For `HTTP(S)_PROXY` and `NO_PROXY`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Ask {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly size: number; open(): Readable | Buffer };
}

/** On first need: with TLS it is 9 ms of a program's start, and most commands speak to no registry. */
const https = (): typeof import("node:https") => process.getBuiltinModule("node:https");

export const openRegistry = (repository: ImageRepository, options: RegistryOptions): RegistryClient => {
  const origin = `${repository.scheme}://${repository.registry}`;
  // Node's agents read the proxy variables themselves when they are given an environment.
  const proxyEnv = options.env as NodeJS.ProcessEnv;
  const agents = new Map<"http" | "https", HttpAgent>();
  const agentOf = (scheme: "http" | "https"): HttpAgent => {
    const agent =
      agents.get(scheme) ?? new (scheme === "http" ? HttpAgent : https().Agent)({ keepAlive: true, proxyEnv });
    agents.set(scheme, agent);
    return agent;
  };
  let authorization = basicOf(options.credentials);

  const exchange = ({ method, url, headers, body }: Ask, authorize: string | undefined): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const isPlain = url.protocol === "http:";
      const call = (isPlain ? httpRequest : https().request)(url, {
        method,
        agent: agentOf(isPlain ? "http" : "https"),
        signal: options.signal,
        headers: {
          ...headers,
          ...(body ? { "content-length": String(body.size) } : method === "POST" ? { "content-length": "0" } : {}),
          ...(authorize ? { authorization: authorize } : {}),
        },
      });
      call.once("error", reject);
      call.once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      });
      const content = body?.open();
      if (content === undefined || Buffer.isBuffer(content)) call.end(content);
      else content.once("error", (error) => call.destroy(error)).pipe(call);
    });

  const unreachable = (cause: unknown): AppError =>
    new AppError("registry-unreachable", `${repository.registry} does not answer: ${reasonOf(cause)}`, {
      hint: "Check the address, the network and the proxy (HTTPS_PROXY, NO_PROXY); what was sent already is not sent again.",
      cause,
    });

  /** Sends, and once more with what the registry asks for when it does not know us yet. */
  const ask = async (what: Ask): Promise<Answer> => {
    try {
      // A registry may have bytes taken elsewhere. Who we are is the registry's alone to know.
      if (what.url.origin !== new URL(origin).origin) return await exchange(what, undefined);
      // An unknown caller is refused before a big body would have been read, so who we are is asked first.
      if (what.body !== undefined && authorization === undefined) await introduce();
      const first = await exchange(what, authorization);
      if (first.status !== 401) return first;
      authorization = await authorizationFor(first, options.credentials, exchange);
      return authorization === undefined ? first : await exchange(what, authorization);
    } catch (cause) {
      options.signal.throwIfAborted();
      throw cause instanceof AppError ? cause : unreachable(cause);
    }
  };

  let isIntroduced = false;
  const introduce = async (): Promise<void> => {
    if (isIntroduced) return;
    isIntroduced = true;
    const answer = await exchange({ method: "HEAD", url: at(`blobs/sha256:${"0".repeat(64)}`) }, undefined);
    if (answer.status === 401) authorization = await authorizationFor(answer, options.credentials, exchange);
  };

  const at = (path: string): URL => new URL(`${origin}/v2/${repository.name}/${path}`);

  const refuse = (answer: Answer, doing: string): AppError => {
    const isLogin = answer.status === 401 || answer.status === 403;
    return new AppError(
      "push-refused",
      `${textOfRepository(repository)} refused ${doing}: ${answer.status} ${messageOf(answer)}`.trim(),
      {
        hint: isLogin
          ? `Log in with an account that may write there: docker login ${repository.registry}`
          : "Look at the registry's limits and log; a second push goes on where this one stopped.",
      },
    );
  };

  return {
    [Symbol.dispose]: () => {
      for (const agent of agents.values()) agent.destroy();
    },
    hasBlob: async (digest) => (await ask({ method: "HEAD", url: at(`blobs/${digest}`) })).status === 200,
    putBlob: async ({ digest, size, open }) => {
      const begun = await ask({ method: "POST", url: at("blobs/uploads/") });
      const { location } = begun.headers;
      if (begun.status !== 202 || location === undefined) throw refuse(begun, `a blob of ${size} bytes`);
      const url = new URL(location, origin);
      url.searchParams.set("digest", digest);
      const done = await ask({
        method: "PUT",
        url,
        headers: { "content-type": "application/octet-stream" },
        body: { size, open },
      });
      if (done.status !== 201) throw refuse(done, `a blob of ${size} bytes`);
    },
    putManifest: async (reference, { mediaType, bytes }) => {
      const answer = await ask({
        method: "PUT",
        url: at(`manifests/${reference}`),
        headers: { "content-type": mediaType },
        body: { size: bytes.length, open: () => bytes },
      });
      if (answer.status !== 201) throw refuse(answer, `the image ${reference}`);
    },
    digestOf: async (reference) => {
      const answer = await ask({
        method: "HEAD",
        url: at(`manifests/${reference}`),
        headers: { accept: "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json" },
      });
      const digest = answer.headers["docker-content-digest"];
      return answer.status === 200 && typeof digest === "string" ? digest : undefined;
    },
  };
};

const basicOf = (credentials: Credentials | undefined): string | undefined =>
  credentials?.kind === "password"
    ? `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")}`
    : undefined;

/** What a `WWW-Authenticate` header wants (distribution's token authentication); undefined when we have nothing to show. */
const authorizationFor = async (
  answer: Answer,
  credentials: Credentials | undefined,
  exchange: (ask: Ask, authorize: string | undefined) => Promise<Answer>,
): Promise<string | undefined> => {
  const header = answer.headers["www-authenticate"] ?? "";
  const scheme = /^\w+/.exec(header)?.[0]?.toLowerCase();
  if (scheme === "basic") return basicOf(credentials);
  const asked = Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  if (scheme !== "bearer" || asked.realm === undefined || !URL.canParse(asked.realm)) return undefined;
  const scope = widened(asked.scope);
  const token =
    credentials?.kind === "identity-token"
      ? await tokenByRefresh({ realm: asked.realm, service: asked.service, scope }, credentials.token, exchange)
      : await tokenByPassword({ realm: asked.realm, service: asked.service, scope }, basicOf(credentials), exchange);
  return token === undefined ? undefined : `Bearer ${token}`;
};

interface TokenAsk {
  readonly realm: string;
  readonly service: string | undefined;
  readonly scope: string | undefined;
}

/** A HEAD is asked for `pull` only; the one token shall do for all of a push. */
const widened = (scope: string | undefined): string | undefined => scope?.replace(/:(pull|push)$/, ":pull,push");

const tokenByPassword = async (
  { realm, service, scope }: TokenAsk,
  basic: string | undefined,
  exchange: (ask: Ask, authorize: string | undefined) => Promise<Answer>,
): Promise<string | undefined> => {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  if (scope !== undefined) url.searchParams.set("scope", scope);
  return tokenIn(await exchange({ method: "GET", url }, basic));
};

const tokenByRefresh = async (
  { realm, service, scope }: TokenAsk,
  token: string,
  exchange: (ask: Ask, authorize: string | undefined) => Promise<Answer>,
): Promise<string | undefined> => {
  const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token, client_id: "atelier" });
  if (service !== undefined) form.set("service", service);
  if (scope !== undefined) form.set("scope", scope);
  const bytes = Buffer.from(form.toString());
  return tokenIn(
    await exchange(
      {
        method: "POST",
        url: new URL(realm),
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: { size: bytes.length, open: () => bytes },
      },
      undefined,
    ),
  );
};

const tokenIn = ({ status, text }: Answer): string | undefined => {
  if (status !== 200) return undefined;
  try {
    const { token, access_token } = JSON.parse(text) as { token?: unknown; access_token?: unknown };
    return typeof token === "string" ? token : typeof access_token === "string" ? access_token : undefined;
  } catch {
    return undefined;
  }
};

/** The registry's own words, of a length that fits a line and without anything a terminal would obey. */
const messageOf = ({ text }: Answer): string => {
  let message = text;
  try {
    const { errors } = JSON.parse(text) as { errors?: readonly { code?: string; message?: string }[] };
    message = (errors ?? []).map(({ code, message: said }) => said || code || "").join("; ") || text;
  } catch {
    // Not JSON: the text itself.
  }
  return message
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .trim()
    .slice(0, 300);
};

const reasonOf = (cause: unknown): string => {
  const { code, message } = cause as { code?: string; message?: string };
  return message || code || String(cause);
};
