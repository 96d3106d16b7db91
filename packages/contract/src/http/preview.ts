/**
 * Previews of what a student's programs serve: `/preview/<port><path>`, any method, WebSocket too. Only the
 * manager's proxy may ask, with the control token in {@link previewHeader}: a page of the student's must
 * never have the origin of the workspace itself. The server asks the container's own loopback, with
 * `Host: localhost:<port>`, and passes neither this header nor cookies of ours on.
 */
export const previewPrefix = "/preview/";
export const previewHeader = "atelier-control";
/** All cookies of ours begin with this. */
export const ownCookiePrefix = "atelier_";

/** `/preview/3000/a?b` → 3000 and `/a?b`, exactly as written; undefined for anything else. */
export const parsePreviewPath = (url: string): { readonly port: number; readonly path: string } | undefined => {
  const match = /^\/preview\/([1-9][0-9]{0,4})(\/.*)$/s.exec(url);
  const port = Number(match?.[1]);
  const path = match?.[2];
  return path !== undefined && port <= 65_535 ? { port, path } : undefined;
};
