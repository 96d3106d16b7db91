import { frameSource } from "./frame-source.ts";

/** On every answer. Styles are inline because xterm.js injects them; scripts never are. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** With previews in frames, where this workspace has them. */
export const headersFor = (previewAddress: string | undefined): Readonly<Record<string, string>> => {
  const source = frameSource(previewAddress);
  if (source === undefined) return securityHeaders;
  return {
    ...securityHeaders,
    "Content-Security-Policy": `${securityHeaders["Content-Security-Policy"]}; frame-src ${source}`,
  };
};

/** For files of the author's: whatever is in them, nothing runs. */
export const contentHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
};
