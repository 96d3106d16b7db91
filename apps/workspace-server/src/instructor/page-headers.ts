import { securityHeaders } from "../http/security-headers.ts";

/**
 * The instructor's page may compile WebAssembly: the recording player's terminal is made of it. Nothing
 * else is let go; in particular there is still no `eval`.
 */
export const instructorPageHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  "Content-Security-Policy": (securityHeaders["Content-Security-Policy"] ?? "").replace(
    "script-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
  ),
};
