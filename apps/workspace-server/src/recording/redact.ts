/** What stands where a secret was. */
export const mask = "[redacted]";

/** A shorter value would take every other word away. */
const shortestSecret = 4;

/** How known values may stand in a text, the longest first: as they are, and as in a URL. */
export const writtenForms = (secrets: readonly string[]): readonly string[] =>
  [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))]
    .filter(({ length }) => length >= shortestSecret)
    .sort((a, b) => b.length - a.length);

/**
 * Makes the function that removes secrets from text before anything is written. In order:
 * 1. known values of at least 4 characters (secret parameters), also URL-encoded;
 * 2. credentials in URLs: `scheme://user:password@host` and token-like query parameters;
 * 3. password arguments: `--password x`, `--token=x`, `-psecret` of mysql and friends;
 * 4. assignments to names that say they are secret: `API_KEY=…`, `export DB_PASSWORD=…`;
 * 5. `Authorization:` headers and well-known token shapes.
 */
export const createRedactor = (secrets: readonly string[]): ((text: string) => string) => {
  const values = writtenForms(secrets);
  return (text) => {
    let result = text;
    for (const value of values) if (result.includes(value)) result = result.replaceAll(value, mask);
    for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
    return result;
  };
};

const secretName = "(?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?)";

const rules: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*):([^\s@/'"]+)@/gi, `$1:${mask}@`],
  [new RegExp(`([?&][\\w-]*${secretName}[\\w-]*=)[^\\s&#'"]+`, "gi"), `$1${mask}`],
  [new RegExp(`(\\s--[\\w-]*${secretName}[\\w-]*[= ])(?!-)("[^"]*"|'[^']*'|\\S+)`, "gi"), `$1${mask}`],
  [
    /\b((?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|sshpass|7z)\b[^|;&\n]*?\s-p)(?!\s)("[^"]*"|'[^']*'|\S+)/g,
    `$1${mask}`,
  ],
  [/\b((?:curl|wget)\b[^|;&\n]*?\s(?:-u|--user)[= ]?["']?[^\s:'"]+:)([^\s'"]+)/g, `$1${mask}`],
  [new RegExp(`\\b([A-Za-z0-9_]*${secretName}[A-Za-z0-9_]*=)("[^"]*"|'[^']*'|[^\\s;&|]+)`, "gi"), `$1${mask}`],
  [/\b(Authorization:\s*(?:Bearer|Basic|Token)\s+)[^\s'"]+/gi, `$1${mask}`],
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9_-]{20,}|AKIA[A-Z0-9]{16}|xox[abprs]-[A-Za-z0-9-]{10,})\b/g,
    mask,
  ],
];
