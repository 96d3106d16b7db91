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
 * Makes the function that removes secrets from commands before anything is written. Known values first,
 * then {@link rules}. The docs list them in the same order; `cases/` shows each at work.
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
/** A word of a shell, quoted or not. */
const word = `("[^"]*"|'[^']*'|[^\\s;&|]+)`;
/** From a program's name up to one of its arguments, within one command. */
const upTo = String.raw`[^|;&\n]*?\s`;

const rules: readonly (readonly [RegExp, string])[] = [
  // URLs: scheme://user:password@host, and query parameters that say they are secret.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@'"]*):([^\s@/'"]+)@/gi, `$1:${mask}@`],
  [new RegExp(`([?&][\\w-]*${secretName}[\\w-]*=)[^\\s&#'"]+`, "gi"), `$1${mask}`],
  // Password arguments, by their long names, and by the short ones of programs that are known to have them.
  [new RegExp(`(\\s--(?![\\w-]*-stdin\\b)[\\w-]*${secretName}[\\w-]*[= ])(?!-)${word}`, "gi"), `$1${mask}`],
  [
    new RegExp(
      `\\b((?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin|7za?)\\b${upTo}-p)(?!\\s)${word}`,
      "g",
    ),
    `$1${mask}`,
  ],
  [
    new RegExp(
      `\\b((?:sshpass${upTo}-p|(?:docker|podman|helm registry|oc|az|skopeo) login\\b${upTo}-p|redis-cli\\b${upTo}-a|ldap\\w+\\b${upTo}-w|(?:un)?zip\\b${upTo}-P|mongosh?\\b${upTo}-p)\\s*)${word}`,
      "g",
    ),
    `$1${mask}`,
  ],
  [new RegExp(`\\b((?:curl|wget|http)\\b${upTo}(?:-u|--user|-a)[= ]?["']?[^\\s:'"]+:)([^\\s'"]+)`, "g"), `$1${mask}`],
  [/(\s-(?:passin|passout|pass|k)\s+pass:)[^\s'"]+/g, `$1${mask}`],
  // Assignments to names that say they are secret, of a shell, of fish, and in JSON.
  [new RegExp(`\\b([A-Za-z0-9_]*${secretName}[A-Za-z0-9_]*=)${word}`, "gi"), `$1${mask}`],
  [new RegExp(`\\b(set\\s+(?:-\\w+\\s+)*[A-Za-z0-9_]*${secretName}[A-Za-z0-9_]*\\s+)${word}`, "gi"), `$1${mask}`],
  [new RegExp(`("[\\w-]*${secretName}[\\w-]*"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, "gi"), `$1"${mask}"`],
  // Headers that carry who somebody is.
  [
    /\b((?:Proxy-)?Authorization:\s*(?:(?:Bearer|Basic|Token|Digest)\s+)?)(?!(?:Bearer|Basic|Token|Digest)\s)[^\s'"]+/gi,
    `$1${mask}`,
  ],
  [/\b((?:Set-)?Cookie:\s*)[^'"\n]+/gi, `$1${mask}`],
  [new RegExp(`\\b([\\w-]*(?:${secretName}|auth-key)[\\w-]*:\\s+)[^\\s'"]+`, "gi"), `$1${mask}`],
  // Shapes of well-known tokens, and private keys.
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9_-]{20,}|AKIA[A-Z0-9]{16}|xox[abprs]-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,})(?![A-Za-z0-9_-])/g,
    mask,
  ],
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, `$1${mask}$2`],
];
