import { timingSafeEqual } from "node:crypto";
import type { Role } from "@atelier/contract";

/** Tokens of the surfaces that are on. A role without a token has no surface at all. */
export type Tokens = Readonly<Partial<Record<Role, string>>>;

/** What access rules look at, taken from a request's headers. Names in lower case. */
export interface AccessRequest {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly cookie: string | undefined;
  readonly authorization: string | undefined;
}

export interface AccessRules {
  readonly tokens: Tokens;
  /** Exact origins; their hosts are the Host allow-list. */
  readonly origins: readonly string[];
  readonly cookieName: string;
  /** Pattern of the addresses that previews have; the page may frame them. */
  readonly previewAddress?: string | undefined;
}

/**
 * The instructor's cookie has a name of its own: who looks over a shoulder in the student's own browser must
 * not turn the student's page into a watching one.
 */
export const instructorCookieName = (cookieName: string): string => `${cookieName}_i`;

export const cookieNameOf = (workspaceId: string): string =>
  `atelier_${workspaceId.replace(/[^A-Za-z0-9]/g, "").slice(0, 16)}`;

/** Compared as a whole: no prefix, suffix, case or trailing-dot variant passes. */
export const isAllowedHost = ({ host }: AccessRequest, { origins }: AccessRules): boolean =>
  host !== undefined && origins.some((origin) => origin.slice(origin.indexOf("://") + 3) === host);

/**
 * Whether the Origin is one of ours. A browser always sends it on upgrades and on what changes
 * something; only a bearer client without a browser may leave it out, and never on an upgrade.
 */
export const isAllowedOrigin = (
  request: AccessRequest,
  rules: AccessRules,
  kind: "read" | "change" | "upgrade",
): boolean => {
  if (request.origin !== undefined) return rules.origins.includes(request.origin);
  if (kind === "read") return true;
  return kind === "change" && request.authorization !== undefined && roleOf(request, rules) !== undefined;
};

/** Whose token the request carries, in the Authorization header or the session cookie. */
export const roleOf = (request: AccessRequest, rules: AccessRules): Role | undefined => {
  const bearer = /^Bearer ([A-Za-z0-9_-]+)$/.exec(request.authorization ?? "")?.[1];
  if (request.authorization !== undefined) return bearer === undefined ? undefined : roleOfToken(bearer, rules.tokens);
  const token = cookieValue(request.cookie, rules.cookieName);
  const role = token === undefined ? undefined : roleOfToken(token, rules.tokens);
  // The control surface is for managers, which are no browsers and have no cookies.
  if (role === "student" || role === "instructor") return role;
  return hasInstructorCookie(request, rules) ? "instructor" : undefined;
};

/** Whether the request may see what instructors see, whoever else it may be besides. */
export const isInstructor = (request: AccessRequest, rules: AccessRules): boolean =>
  roleOf(request, rules) === "instructor" ||
  (request.authorization === undefined && hasInstructorCookie(request, rules));

const hasInstructorCookie = (request: AccessRequest, rules: AccessRules): boolean => {
  const token = cookieValue(request.cookie, instructorCookieName(rules.cookieName));
  return token !== undefined && roleOfToken(token, rules.tokens) === "instructor";
};

export const roleOfToken = (token: string, tokens: Tokens): Role | undefined => {
  let found: Role | undefined;
  for (const [role, wanted] of Object.entries(tokens) as [Role, string][]) if (isEqual(token, wanted)) found = role;
  return found;
};

const isEqual = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && left.length > 0 && timingSafeEqual(left, right);
};

const cookieValue = (header: string | undefined, name: string): string | undefined => {
  for (const part of (header ?? "").split(";")) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name) return value;
  }
  return undefined;
};

/** A path on this origin to go to after the login; anything else becomes `/`. */
export const safeReturnPath = (to: string | undefined): string => {
  if (to === undefined || !to.startsWith("/") || to.startsWith("//") || /[\\\u0000-\u001f]/.test(to)) return "/";
  const url = new URL(to, "http://workspace.invalid");
  return url.host === "workspace.invalid" ? `${url.pathname}${url.search}${url.hash}` : "/";
};
