/** A piece of code and what it is; without `kind` it is nothing in particular. */
export interface CodeToken {
  readonly text: string;
  readonly kind?: "comment" | "string" | "number" | "keyword" | "variable" | "name";
}

interface Grammar {
  readonly comment?: string;
  readonly string?: string;
  readonly variable?: string;
  readonly keywords?: string;
  /** Keys of mappings, tags, options. */
  readonly name?: string;
  readonly ignoreCase?: boolean;
}

const doubleQuoted = String.raw`"(?:\\.|[^"\\\n])*"`;
const singleQuoted = String.raw`'(?:\\.|[^'\\\n])*'`;
const quoted = `${doubleQuoted}|${singleQuoted}`;
const hash = String.raw`(?<![\w$&{])#.*`;
const slashes = String.raw`\/\/.*|\/\*[\s\S]*?\*\/`;

const shell: Grammar = {
  comment: String.raw`(?<!\S)#.*`,
  string: String.raw`"(?:\\.|[^"\\])*"|'[^']*'`,
  variable: String.raw`\$(?:\w+|[#?@*$!-]|\{[^}\n]*\})`,
  keywords:
    "if then elif else fi for while until do done case esac in function select return exit export local readonly set unset shift break continue cd echo printf sudo test read source exec trap eval",
  name: String.raw`(?<=\s)--?[A-Za-z][\w-]*`,
};
const script: Grammar = {
  comment: slashes,
  string: `${quoted}|\`(?:\\\\.|[^\`\\\\])*\``,
  keywords:
    "async await break case catch class const continue default delete do else enum export extends false finally for from function if implements import in instanceof interface let new null of return static super switch this throw true try type typeof undefined var void while yield",
};
const cLike: Grammar = {
  comment: slashes,
  string: quoted,
  keywords:
    "abstract as auto bool boolean break case catch chan char class const continue crate default defer do double else enum extern false final float fn for func go goto if impl implements import in int interface let long loop map match mod mut namespace new nil null package private protected pub public range return self short signed sizeof static string struct super switch template this throw trait true try type typedef union unsafe unsigned use using var virtual void volatile where while",
};
const python: Grammar = {
  comment: hash,
  string: String.raw`[rbfRBF]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|` + `${quoted})`,
  keywords:
    "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda match None nonlocal not or pass raise return self True try while with yield",
  name: String.raw`(?<=^|\n)\s*@[\w.]+`,
};

const grammars: Readonly<Record<string, Grammar>> = {
  bash: shell,
  python,
  javascript: script,
  c: cLike,
  json: { string: doubleQuoted, keywords: "true false null", name: `${doubleQuoted}(?=\\s*:)` },
  yaml: {
    comment: String.raw`(?<!\S)#.*`,
    string: quoted,
    keywords: "true false null yes no",
    name: String.raw`(?<=^|\n|[-{,]\s|\n\s+)[\w./-]+(?=:(?:\s|$))`,
  },
  ini: {
    comment: String.raw`(?<=^|\n)\s*[#;].*`,
    string: quoted,
    name: String.raw`\[[^\]\n]+\]|(?<=^|\n)[\w.-]+(?=\s*=)`,
    keywords: "true false",
  },
  sql: {
    comment: String.raw`--.*|\/\*[\s\S]*?\*\/`,
    string: String.raw`'(?:''|[^'])*'`,
    keywords:
      "add all alter and as asc begin between by case check column commit constraint create database default delete desc distinct drop else end exists foreign from full group having if in index inner insert into is join key left like limit not null offset on or order outer primary references returning right rollback select set table then union unique update values view when where with",
    ignoreCase: true,
  },
  dockerfile: {
    comment: String.raw`(?<=^|\n)\s*#.*`,
    string: quoted,
    variable: String.raw`\$(?:\w+|\{[^}\n]*\})`,
    keywords:
      "ADD ARG AS CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR",
  },
  html: {
    comment: String.raw`<!--[\s\S]*?-->`,
    string: quoted,
    keywords: "",
    name: String.raw`<\/?[A-Za-z][\w-]*|\/?>`,
  },
  css: {
    comment: String.raw`\/\*[\s\S]*?\*\/`,
    string: quoted,
    name: String.raw`[\w-]+(?=\s*:)`,
    variable: String.raw`--[\w-]+|@[\w-]+`,
  },
  diff: { comment: String.raw`(?<=^|\n)@@.*`, string: String.raw`(?<=^|\n)\+.*`, variable: String.raw`(?<=^|\n)-.*` },
};

const aliases: Readonly<Record<string, string>> = {
  ...{ sh: "bash", zsh: "bash", shell: "bash", console: "bash", "shell-session": "bash", py: "python", yml: "yaml" },
  ...{
    js: "javascript",
    ts: "javascript",
    typescript: "javascript",
    jsx: "javascript",
    tsx: "javascript",
    toml: "ini",
  },
  ...{
    go: "c",
    rust: "c",
    rs: "c",
    java: "c",
    cpp: "c",
    cs: "c",
    "c++": "c",
    kotlin: "c",
    php: "c",
    properties: "ini",
  },
  ...{ xml: "html", svg: "html", conf: "ini", docker: "dockerfile", containerfile: "dockerfile", patch: "diff" },
};

const patterns = new Map<string, RegExp | undefined>();

const patternOf = (language: string): RegExp | undefined => {
  const name = aliases[language] ?? language;
  if (patterns.has(name)) return patterns.get(name);
  const grammar = Object.hasOwn(grammars, name) ? grammars[name] : undefined;
  const words = grammar?.keywords?.split(" ").filter((word) => word !== "") ?? [];
  const parts = Object.entries({
    comment: grammar?.comment,
    name: grammar?.name,
    string: grammar?.string,
    variable: grammar?.variable,
    keyword: words.length > 0 ? `(?<![\\w.-])(?:${words.join("|")})(?![\\w-])` : undefined,
    number: String.raw`(?<![\w.])(?:0x[\da-f]+|\d[\d_]*(?:\.\d+)?)(?![\w.])`,
  }).flatMap(([kind, source]) => (source === undefined ? [] : [`(?<${kind}>${source})`]));
  const pattern = grammar === undefined ? undefined : new RegExp(parts.join("|"), grammar.ignoreCase ? "gi" : "g");
  patterns.set(name, pattern);
  return pattern;
};

/** Nobody reads longer blocks, and colouring them would take its time. */
const longest = 50_000;

/** Cuts code into tokens. Joined again they are the code, whatever the language. */
export const highlight = (code: string, language: string): readonly CodeToken[] => {
  const pattern = code.length > longest ? undefined : patternOf(language);
  if (pattern === undefined) return [{ text: code }];
  const tokens: CodeToken[] = [];
  let done = 0;
  for (const match of code.matchAll(pattern)) {
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] as CodeToken["kind"];
    if (match[0] === "" || kind === undefined) continue;
    if (match.index > done) tokens.push({ text: code.slice(done, match.index) });
    tokens.push({ text: match[0], kind });
    done = match.index + match[0].length;
  }
  if (done < code.length) tokens.push({ text: code.slice(done) });
  return tokens;
};
