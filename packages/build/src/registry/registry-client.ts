import { request as httpRequest, Agent as HttpAgent } from "node:http";
import type { Readable } from "node:stream";
import { AppError } from "@atelier/domain";
import type { z } from "zod";
import { imageConfigSchema, indexSchema, manifestSchema, mediaTypes } from "../oci/oci-documents.ts";
import { type Answer, type Ask, authorizationFor, basicOf, type Exchange } from "./authorize.ts";
import type { Credentials } from "./credentials.ts";
import { type ImageRepository, textOfRepository } from "./image-repository.ts";

/** One repository at a registry (OCI distribution-spec 1.1). Every method throws `AppError` `push-refused` or `registry-unreachable`. */
export interface RegistryClient extends Disposable {
  hasBlob(digest: string): Promise<boolean>;
  /**
   * Uploads a blob in one piece. `open` is called again when the registry first asks who we are. `what` names it
   * for people.
   */
  putBlob(blob: {
    readonly digest: string;
    readonly size: number;
    readonly what: string;
    open(): Readable;
  }): Promise<void>;
  /** Stores a manifest or an index under a tag or its digest. `what` names it for people. */
  putManifest(
    reference: string,
    document: { readonly mediaType: string; readonly bytes: Buffer; readonly what: string },
  ): Promise<void>;
  /** Digest that a tag stands for now; undefined when there is none. */
  digestOf(reference: string): Promise<string | undefined>;
  /** What a tag has images for, as `linux/amd64`; nothing where there is no such tag or it cannot be read. */
  platformsOf(reference: string): Promise<readonly string[]>;
}

export interface RegistryOptions {
  readonly credentials: Credentials | undefined;
  /** For `HTTP(S)_PROXY` and `NO_PROXY`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** How long a connection may stand still, in ms; default: three minutes, since some store a big blob in silence. */
  readonly silence?: number;
}

const defaultSilence = 3 * 60 * 1000;
const mostRedirects = 5;

/**
 * Of a bigger body a registry is asked first whether it takes it (RFC 9110, 10.1.1): one that is refused while it is
 * sent ends in a broken connection, and why it was refused is lost with it. In bytes, and how long to wait, in ms.
 */
const smallBody = 256 * 1024;
const expectPatience = 1000;

/** On first need: with TLS it is 9 ms of a program's start, and most commands speak to no registry. */
const https = (): typeof import("node:https") => process.getBuiltinModule("node:https");

export const openRegistry = (repository: ImageRepository, options: RegistryOptions): RegistryClient => {
  const origin = `${repository.scheme}://${repository.host}`;
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

  let isExpectKnown = true;
  const silence = options.silence ?? defaultSilence;
  const send: Exchange = ({ method, url, headers, body }, authorize) =>
    new Promise((resolve, reject) => {
      const isPlain = url.protocol === "http:";
      const asksFirst = isExpectKnown && (body?.size ?? 0) > smallBody;
      const call = (isPlain ? httpRequest : https().request)(url, {
        method,
        agent: agentOf(isPlain ? "http" : "https"),
        signal: options.signal,
        timeout: silence,
        headers: {
          ...headers,
          ...(body ? { "content-length": String(body.size) } : method === "POST" ? { "content-length": "0" } : {}),
          ...(authorize ? { authorization: authorize } : {}),
          ...(asksFirst ? { expect: "100-continue" } : {}),
        },
      });
      call.once("error", (error) => {
        // The registry closed a kept connection just as it was taken up again: nothing of this was read.
        if (call.reusedSocket && (error as NodeJS.ErrnoException).code === "ECONNRESET") reject(new StaleConnection());
        else reject(error);
      });
      call.once("timeout", () => call.destroy(new Error(`nothing moved for ${Math.round(silence / 1000)} s`)));
      call.once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          });
          // Refused before all of the body was taken: nothing else can be said on this connection.
          if (!call.writableFinished) call.destroy();
        });
      });
      const sendBody = (): void => {
        const content = body?.open();
        if (content === undefined || Buffer.isBuffer(content)) call.end(content);
        else {
          call.once("close", () => content.destroy());
          content.once("error", (error) => call.destroy(error)).pipe(call);
        }
      };
      if (!asksFirst) return sendBody();
      // Whoever knows nothing of this waits for the body.
      const patience = setTimeout(sendBody, expectPatience);
      call.once("continue", () => {
        clearTimeout(patience);
        sendBody();
      });
      for (const event of ["response", "close"]) call.once(event, () => clearTimeout(patience));
    });

  const exchange: Exchange = async (what, authorize) => {
    for (;;)
      try {
        const answer = await send(what, authorize);
        // A proxy that takes the question for a demand it cannot meet.
        if (answer.status !== 417 || !isExpectKnown) return answer;
        isExpectKnown = false;
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error;
      }
  };

  /** A registry may keep its blobs elsewhere. Who we are is the registry's alone to know. */
  const follow = async (answer: Answer, { method, url: from }: Ask): Promise<Answer> => {
    let [at, url] = [answer, from];
    for (let hops = 0; [301, 302, 303, 307, 308].includes(at.status) && hops < mostRedirects; hops++) {
      const next = new URL(at.headers.location ?? "", url);
      if (at.headers.location === undefined || (url.protocol === "https:" && next.protocol !== "https:")) return at;
      at = await exchange({ method, url: next }, next.origin === new URL(origin).origin ? authorization : undefined);
      url = next;
    }
    return at;
  };

  const unreachable = (cause: unknown): AppError =>
    new AppError("registry-unreachable", `${repository.registry} does not answer: ${reasonOf(cause)}`, {
      hint: "Check the address, the network and the proxy (HTTPS_PROXY, NO_PROXY); what was sent already is not sent again.",
      cause,
    });

  const followed = async (answer: Answer, what: Ask): Promise<Answer> =>
    what.method === "HEAD" || what.method === "GET" ? follow(answer, what) : answer;

  /** Sends, and once more with what the registry asks for when it does not know us yet. */
  const ask = async (what: Ask): Promise<Answer> => {
    try {
      // A registry may have bytes taken elsewhere. Who we are is the registry's alone to know.
      if (what.url.origin !== new URL(origin).origin) return await exchange(what, undefined);
      // An unknown caller is refused before a big body would have been read, so who we are is asked first.
      if (what.body !== undefined && authorization === undefined) await introduce();
      const first = await exchange(what, authorization);
      if (first.status !== 401) return await followed(first, what);
      authorization = await authorizationFor(first, options.credentials, exchange);
      return authorization === undefined ? first : await followed(await exchange(what, authorization), what);
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

  const refuse = (answer: Answer, what: string): AppError =>
    new AppError(
      "push-refused",
      `${textOfRepository(repository)} refused ${what}: ${answer.status} ${messageOf(answer)}`.trim(),
      { hint: remedyOf(answer.status, repository) },
    );

  return {
    [Symbol.dispose]: () => {
      for (const agent of agents.values()) agent.destroy();
    },
    hasBlob: async (digest) => (await ask({ method: "HEAD", url: at(`blobs/${digest}`) })).status === 200,
    putBlob: async ({ digest, size, what, open }) => {
      const begun = await ask({ method: "POST", url: at("blobs/uploads/") });
      const { location } = begun.headers;
      if (begun.status !== 202 || location === undefined) throw refuse(begun, what);
      const url = uploadUrl(location, origin);
      url.searchParams.set("digest", digest);
      const done = await ask({
        method: "PUT",
        url,
        headers: { "content-type": "application/octet-stream" },
        body: { size, open },
      });
      if (done.status !== 201) throw refuse(done, what);
    },
    putManifest: async (reference, { mediaType, bytes, what }) => {
      const answer = await ask({
        method: "PUT",
        url: at(`manifests/${reference}`),
        headers: { "content-type": mediaType },
        body: { size: bytes.length, open: () => bytes },
      });
      if (answer.status !== 201) throw refuse(answer, what);
    },
    platformsOf: async (reference) => {
      const { status, text } = await ask({ method: "GET", url: at(`manifests/${reference}`), headers: anyManifest });
      if (status !== 200) return [];
      const index = documentOf(text, indexSchema);
      if (index) return index.manifests.flatMap(({ platform }) => (platform ? [nameOfPlatform(platform)] : []));
      const config = documentOf(text, manifestSchema)?.config.digest;
      if (config === undefined) return [];
      const said = documentOf((await ask({ method: "GET", url: at(`blobs/${config}`) })).text, imageConfigSchema);
      return said ? [nameOfPlatform(said)] : [];
    },
    digestOf: async (reference) => {
      const answer = await ask({ method: "HEAD", url: at(`manifests/${reference}`), headers: anyManifest });
      const digest = answer.headers["docker-content-digest"];
      return answer.status === 200 && typeof digest === "string" ? digest : undefined;
    },
  };
};

const anyManifest = {
  accept: [
    mediaTypes.index,
    mediaTypes.manifest,
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
  ].join(", "),
};

const nameOfPlatform = ({ os, architecture }: { readonly os: string; readonly architecture: string }): string =>
  `${os}/${architecture}`;

/** A document of somebody else's; undefined when it is another one. */
const documentOf = <T>(text: string, schema: z.ZodType<T>): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** A kept connection that was closed before anything was answered on it. */
class StaleConnection extends Error {}

/** A registry behind a proxy that ends TLS may not know that it is spoken to in TLS. */
const uploadUrl = (location: string, origin: string): URL => {
  const [url, own] = [new URL(location, origin), new URL(origin)];
  if (url.host === own.host) url.protocol = own.protocol;
  return url;
};

const remedyOf = (status: number, { registry, name }: ImageRepository): string => {
  if (status === 401 || status === 403) return `Log in with an account that may write there: docker login ${registry}`;
  if (status === 404) return `Make the repository ${name} at the registry first, or check its name in --to.`;
  if (status === 413) return "It is too big for the registry, or for a proxy before it: raise the limit there.";
  if (status === 429) return "Wait a while and push again; what was sent already is not sent again.";
  return "Look at the registry's limits and log; a second push goes on where this one stopped.";
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
