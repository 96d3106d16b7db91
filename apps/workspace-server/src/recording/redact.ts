import { type KnownSecrets, mask } from "../secrets/known-secrets.ts";

/** Characters of a command that are looked through, so that no line of a student's holds the server up. */
export const longestConsidered = 20_000;

/** The text without secrets, and only what the first `longest` characters of it say; without it, all. */
export type Redact = (text: string, longest?: number) => string;

/**
 * Makes the function that removes secrets from commands before anything is written. Known values first,
 * then {@link rules}. The docs list them in the same order; `cases/` shows each at work.
 */
export const createRedactor =
  (secrets: KnownSecrets): Redact =>
  (text, longest) => {
    let result = secrets.mask(text);
    // Known values before the cut, which would otherwise hide one that lies across it.
    if (longest !== undefined && result.length > longest) result = result.slice(0, longest) + cut;
    for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
    return result.endsWith(cut) ? result.slice(0, -cut.length) : result;
  };

const secretName = "(?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?)";
/** Where a text was cut: no shell can say this character. */
const cut = "\0";
/** A word of a shell, quoted or not; a quote that is open where the text was cut goes up to there. */
const word = `("[^"]*["${cut}]|'[^']*['${cut}]|[^\\s;&|${cut}]+)`;
/** From a program's name up to one of its arguments, within one command. */
const upTo = String.raw`[^|;&\n]{0,2048}?\s`;
/** What may stand around a secret name in one name. */
const around = String.raw`[\w-]{0,64}`;
const aroundVariable = "[A-Za-z0-9_]{0,64}";

/**
 * No rule may look from each of many places through all that follows: one line of a student's would then hold
 * the server up. So what repeats is bounded, and the beginning of a name that decides nothing is not looked at.
 */
const rules: readonly (readonly [RegExp, string])[] = [
  // URLs: scheme://user:password@host, and query parameters that say they are secret.
  [/\b([a-z][a-z0-9+.-]{0,31}:\/\/[^\s:/@'"]*):([^\s@/'"]+)@/gi, `$1:${mask}@`],
  [new RegExp(`([?&]${around}${secretName}${around}=)[^\\s&#'"]+`, "gi"), `$1${mask}`],
  // Password arguments, by their long names, and by the short ones of programs that are known to have them.
  [new RegExp(`(\\s--(?![\\w-]*-stdin\\b)${around}${secretName}${around}[= ])(?!-)${word}`, "gi"), `$1${mask}`],
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
  [new RegExp(`(${secretName}${aroundVariable}=)${word}`, "gi"), `$1${mask}`],
  [
    new RegExp(`\\b(set\\s+(?:-\\w+\\s+){0,8}${aroundVariable}${secretName}${aroundVariable}\\s+)${word}`, "gi"),
    `$1${mask}`,
  ],
  [new RegExp(`("${around}${secretName}${around}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*["${cut}]`, "gi"), `$1"${mask}"`],
  // Headers that carry who somebody is.
  [
    /\b((?:Proxy-)?Authorization:\s*(?:(?:Bearer|Basic|Token|Digest)\s+)?)(?!(?:Bearer|Basic|Token|Digest)\s)[^\s'"]+/gi,
    `$1${mask}`,
  ],
  [/\b((?:Set-)?Cookie:\s*)[^'"\n]+/gi, `$1${mask}`],
  [new RegExp(`((?:${secretName}|auth-key)${around}:\\s+)[^\\s'"]+`, "gi"), `$1${mask}`],
  // Shapes of well-known tokens, and private keys.
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9_-]{20,}|AKIA[A-Z0-9]{16}|xox[abprs]-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{10,1024}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,})(?![A-Za-z0-9_-])/g,
    mask,
  ],
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, `$1${mask}$2`],
];
