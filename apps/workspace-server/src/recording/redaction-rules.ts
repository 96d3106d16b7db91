import { mask } from "../secrets/known-secrets.ts";
import { cut, endOfOpenQuote, endOfQuotedPair, endOfWord, type OpenQuote, openQuotes } from "./shell-word.ts";

type Rule = (text: string) => string;

/** A value that a rule has found the beginning of. */
interface Place {
  readonly text: string;
  /** Where the value begins. */
  readonly at: number;
  /** Where what told of it begins. */
  readonly from: number;
  readonly open: readonly OpenQuote[];
}

const replaces =
  (pattern: RegExp, replacement: string): Rule =>
  (text) =>
    text.replace(pattern, replacement);

/** Masks what begins where the pattern ends, up to what `endOf` says. */
const masksAfter =
  (pattern: RegExp, endOf: (place: Place) => number): Rule =>
  (text) =>
    maskAfter({ text, looked: text, pattern }, endOf);

/**
 * The same for an argument of a program, which is found behind quoted texts with a `;` as well:
 * `mysql -e 'select 1; select 2' -psecret`. A program that is named in quotes ends with them.
 */
const masksArgument =
  (pattern: RegExp): Rule =>
  (text) => {
    const masked = maskAfter({ text, looked: text, pattern }, endOfValue);
    const open = openQuotes(masked);
    const looked = masked.replace(/[|;&\n]/g, (sign, at: number) => ((open[at] ?? "") === "" ? sign : "_"));
    if (looked === masked) return masked;
    return maskAfter({ text: masked, looked, pattern }, (place) =>
      (open[place.from] ?? "") === "" ? endOfValue(place) : place.at,
    );
  };

const maskAfter = (
  { text, looked, pattern }: { text: string; looked: string; pattern: RegExp },
  endOf: (place: Place) => number,
): string => {
  let result = "";
  let written = 0;
  let open: readonly OpenQuote[] | undefined;
  pattern.lastIndex = 0;
  for (let found = pattern.exec(looked); found !== null; found = pattern.exec(looked)) {
    const at = found.index + found[0].length;
    open ??= openQuotes(text);
    const end = endOf({ text, at, from: found.index, open });
    if (end <= at) continue;
    result += text.slice(written, at) + mask;
    written = pattern.lastIndex = end;
  }
  return result + text.slice(written);
};

const endOfValue = ({ text, at, open }: Place): number =>
  endOfQuotedPair(text, at, open) ?? endOfWord(text, at, open[at] ?? "");

const searching = /\b(?:[efz]?grep|rg|ag|ack)\s[^|;&\n]{0,256}$/;
/** `grep password: file` looks for a name, and what follows is none of its. */
const isSearchedFor = ({ text, at, from, open }: Place): boolean =>
  open[at] === "" && searching.test(text.slice(Math.max(0, from - 300), from));

const endOfMember = (place: Place): number => (isSearchedFor(place) ? place.at : endOfValue(place));

/** Of a header in quotes, up to their end; of another one up to the line's, or its word's where nothing is between. */
const endOfHeader = (place: Place): number => {
  const { text, at, open } = place;
  if (isSearchedFor(place)) return at;
  if ((open[at] ?? "") !== "") return endOfOpenQuote(text, at, open);
  if (!/\s/.test(text[at - 1] ?? "")) return endOfWord(text, at, "");
  const end = text.slice(at).search(/["'\n\0]/);
  return end === -1 ? text.length : at + end;
};

/** No word of its own: `compass=1` and `passenger=1` tell nothing. */
const pass = "(?<!com|by|tres|sur|over|under)pass(?![a-z])";
const secretName = `(?:${pass}|pass(?:word|wd|phrase|code)|(?<=[_-])pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?)`;
/** What such a name's value is when it ends so: where a secret is kept is none. */
const whereItIs = "[-_](?:file|path)";
/** Between an argument and its value. A line may go on in the next one. */
const gap = String.raw`(?:[ \t]|\\\n)`;
/** From a program's name up to one of its arguments, within one command. */
const upTo = String.raw`(?:[^|;&\n]|(?<=\\)\n){0,2048}?(?:\s|(?<=\\\n))`;
/** What may stand around a secret name in one name. */
const around = String.raw`[\w-]{0,64}`;
const aroundVariable = "[A-Za-z0-9_]{0,64}";
const registries = "docker|podman|nerdctl|buildah|helm registry|oc|az|skopeo|crane";
/** Names of query parameters that are secret in a URL and mean nothing elsewhere. */
const inQuery = `(?:${around}${secretName}${around}|(?:[\\w-]{0,64}[-_])?(?:sig|signature|auth|key))`;

/**
 * No rule may look from each of many places through all that follows: one line of a student's would then hold
 * the server up. So what repeats is bounded, and the beginning of a name that decides nothing is not looked at.
 */
export const rules: readonly Rule[] = [
  // URLs: scheme://user:password@host, a token in the place of both, query parameters that say they are secret,
  // and the addresses of web hooks.
  replaces(/\b([a-z][a-z0-9+.-]{0,31}:\/\/[^\s:/@'"]{0,256}):[^\s/'"]{1,1024}@/gi, `$1:${mask}@`),
  replaces(/\b(https?:\/\/)[^\s:/@'"]{1,1024}@/gi, `$1${mask}@`),
  replaces(new RegExp(`([?&#]${inQuery}=)[^\\s&#'"]+`, "gi"), `$1${mask}`),
  replaces(
    /\b((?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks)\/)[^\s'"]+/gi,
    `$1${mask}`,
  ),
  // Password arguments, by their long names, and by the short ones of programs that are known to have them.
  masksAfter(
    new RegExp(
      `\\s["']?--(?![\\w-]{0,200}(?:-stdin|${whereItIs})(?![\\w-]))(?:${around}${secretName}${around}|oauth2-bearer)(?:=|${gap}+(?!-))`,
      "gi",
    ),
    endOfValue,
  ),
  masksArgument(new RegExp(`\\b(?:mysql\\w{0,16}|mariadb(?:-\\w{1,16})?|7za?)\\b${upTo}-p(?!\\s)`, "g")),
  masksArgument(
    new RegExp(
      `\\b(?:sshpass${upTo}-p|login(?<=\\b(?:${registries})\\s(?:[^|;&\\n]{0,256}\\s)?login)\\b${upTo}-p|redis-cli\\b${upTo}-a|ldap\\w+\\b${upTo}-w|(?:un)?zip\\b${upTo}-P|mongosh?\\b${upTo}-p)${gap}*`,
      "g",
    ),
  ),
  masksArgument(
    new RegExp(
      `\\b(?:curl|wget|http)\\b${upTo}(?:-\\w{0,16}[uU]|--user|--proxy-user|-a|--auth)(?:=|${gap}*)["']?[^\\s:'"]{1,256}:`,
      "g",
    ),
  ),
  masksAfter(new RegExp(`\\s-(?:passin|passout|pass|k)${gap}+["']?pass:`, "g"), endOfValue),
  masksArgument(new RegExp(`\\bopenssl\\b${upTo}-[kK]${gap}+(?!["']?pass:)`, "g")),
  // Assignments to names that say they are secret, of a shell, of fish, and in JSON.
  masksAfter(
    new RegExp(
      `${secretName}(?!${aroundVariable}${whereItIs}\\b)${aroundVariable}(?:\\[[^\\]\\s]{0,64}\\])?\\+?=`,
      "gi",
    ),
    endOfValue,
  ),
  masksAfter(
    new RegExp(`\\bset\\s+(?:-\\w+\\s+){0,8}${aroundVariable}${secretName}${aroundVariable}\\s+`, "gi"),
    endOfValue,
  ),
  replaces(
    new RegExp(`("${around}${secretName}${around}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*["${cut}]`, "gi"),
    `$1"${mask}"`,
  ),
  replaces(
    new RegExp(`('${around}${secretName}${around}'\\s*:\\s*)'(?:[^'\\\\]|\\\\.)*['${cut}]`, "gi"),
    `$1'${mask}'`,
  ),
  replaces(/("[\w-]{0,64}(?:pass(?:word|wd|phrase|code)|secret|(?<![a-z])pin)"\s*:\s*)-?\d[\w.+-]*/gi, `$1${mask}`),
  replaces(new RegExp(`(\\\\"${around}${secretName}${around}\\\\"\\s*:\\s*\\\\")[^"\\\\]+`, "gi"), `$1${mask}`),
  // Headers that carry who somebody is.
  masksAfter(
    /\b(?:Proxy-)?Authorization:\s*(?:(?:Bearer|Basic|Token|Digest|Negotiate|NTLM|OAuth|Api-?Key|Key|AWS4-HMAC-SHA256)[ \t]+)?/gi,
    endOfHeader,
  ),
  masksAfter(/\b(?:Set-)?Cookie:\s*/gi, endOfHeader),
  masksAfter(new RegExp(`(?:${secretName}|auth-key)${around}:\\s+`, "gi"), endOfMember),
  // Shapes of well-known tokens, and private keys.
  replaces(
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9_-]{20,}|AKIA[A-Z0-9]{16}|xox[abprs]-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{10,1024}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,})(?![A-Za-z0-9_-])/g,
    mask,
  ),
  replaces(/(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, `$1${mask}$2`),
];
