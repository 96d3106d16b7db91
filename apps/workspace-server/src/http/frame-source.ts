/**
 * The CSP source for the addresses of a preview pattern: the label or the port with `{port}` in it becomes
 * a wildcard. Undefined when the pattern is none we can name.
 */
export const frameSource = (pattern: string | undefined): string | undefined => {
  const match = /^(https?):\/\/([^/]+)\//.exec(`${pattern ?? ""}/`);
  const host = match?.[2];
  if (host === undefined) return undefined;
  const wild = host.replace(/^[a-z0-9-]*\{port\}[a-z0-9-]*\./, "*.").replace(/:\{port\}$/, ":*");
  return /^(\*\.)?[a-z0-9.-]+(:(\d+|\*))?$/.test(wild) ? `${match?.[1]}://${wild}` : undefined;
};
