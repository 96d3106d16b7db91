import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { AppError } from "@atelier/domain";
import type { Credentials } from "./credentials.ts";
import { isThisMachine } from "./image-repository.ts";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly method: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: { readonly size: number; open(): Readable | Buffer };
}

/** Sends one request as somebody: `authorize` is the header's value. */
export type Exchange = (ask: Ask, authorize: string | undefined) => Promise<Answer>;

export const basicOf = (credentials: Credentials | undefined): string | undefined =>
  credentials?.kind === "password"
    ? `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")}`
    : undefined;

/** What a `WWW-Authenticate` header wants (distribution's token authentication); undefined when we have nothing to show. */
export const authorizationFor = async (
  answer: Answer,
  credentials: Credentials | undefined,
  exchange: Exchange,
): Promise<string | undefined> => {
  const header = answer.headers["www-authenticate"] ?? "";
  const scheme = /^\w+/.exec(header)?.[0]?.toLowerCase();
  if (scheme === "basic") return basicOf(credentials);
  const asked = Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  if (scheme !== "bearer" || asked.realm === undefined || !URL.canParse(asked.realm)) return undefined;
  if (credentials !== undefined) refuseCleartext(asked.realm);
  const what = { realm: asked.realm, service: asked.service, scope: widened(asked.scope) };
  const token =
    credentials?.kind === "identity-token"
      ? await tokenByRefresh(what, credentials.token, exchange)
      : await tokenByPassword(what, basicOf(credentials), exchange);
  return token === undefined ? undefined : `Bearer ${token}`;
};

/** A registry may name any host for its tokens, but a login crosses no network that others can read. */
const refuseCleartext = (realm: string): void => {
  const { protocol, hostname, host } = new URL(realm);
  if (protocol === "https:" || (protocol === "http:" && isThisMachine(hostname))) return;
  throw new AppError("push-refused", `The registry wants your login sent in clear text to ${host}; nothing was sent.`, {
    hint: "Have the registry name an https address for its tokens (the realm of its WWW-Authenticate header).",
  });
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
  exchange: Exchange,
): Promise<string | undefined> => {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  if (scope !== undefined) url.searchParams.set("scope", scope);
  return tokenIn(await exchange({ method: "GET", url }, basic));
};

const tokenByRefresh = async (
  { realm, service, scope }: TokenAsk,
  token: string,
  exchange: Exchange,
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
