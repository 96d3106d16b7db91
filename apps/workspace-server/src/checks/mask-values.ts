/** Shorter values stand in too many texts by chance. */
const shortest = 4;

/**
 * Replaces the values of secrets, also URL-encoded and in base64. Unlike the redactor of the command log
 * it knows values only and guesses nothing: what a check expects must stay readable.
 */
export const maskValues = (secrets: readonly string[]): ((text: string) => string) => {
  const values = secrets
    .filter(({ length }) => length >= shortest)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")])
    .sort((a, b) => b.length - a.length);
  return (text) => values.reduce((masked, value) => masked.replaceAll(value, "[redacted]"), text);
};
