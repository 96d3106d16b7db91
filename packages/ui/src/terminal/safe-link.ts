/**
 * The address of a link found in terminal output, or undefined when it is none that may be opened:
 * output is untrusted, so only plain http and https, without credentials in the address.
 */
export const safeLink = (text: string): string | undefined => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  return url.username === "" && url.password === "" ? url.href : undefined;
};
