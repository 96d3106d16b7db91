import type { Extension } from "@codemirror/state";

type Load = () => Promise<Extension>;

const stream =
  (load: () => Promise<Parameters<typeof import("@codemirror/language").StreamLanguage.define>[0]>): Load =>
  async () => {
    const [{ StreamLanguage }, parser] = await Promise.all([import("@codemirror/language"), load()]);
    return StreamLanguage.define(parser);
  };

const shell = stream(async () => (await import("@codemirror/legacy-modes/mode/shell")).shell);
const javascript = async (): Promise<Extension> =>
  (await import("@codemirror/lang-javascript")).javascript({ jsx: true, typescript: true });

const byEnding: Readonly<Record<string, Load>> = {
  js: javascript,
  mjs: javascript,
  cjs: javascript,
  jsx: javascript,
  ts: javascript,
  tsx: javascript,
  json: async () => (await import("@codemirror/lang-json")).json(),
  yaml: async () => (await import("@codemirror/lang-yaml")).yaml(),
  yml: async () => (await import("@codemirror/lang-yaml")).yaml(),
  py: async () => (await import("@codemirror/lang-python")).python(),
  md: async () => (await import("@codemirror/lang-markdown")).markdown(),
  html: async () => (await import("@codemirror/lang-html")).html(),
  htm: async () => (await import("@codemirror/lang-html")).html(),
  css: async () => (await import("@codemirror/lang-css")).css(),
  sh: shell,
  bash: shell,
  zsh: shell,
  bashrc: shell,
  profile: shell,
  toml: stream(async () => (await import("@codemirror/legacy-modes/mode/toml")).toml),
  conf: stream(async () => (await import("@codemirror/legacy-modes/mode/nginx")).nginx),
  ini: stream(async () => (await import("@codemirror/legacy-modes/mode/properties")).properties),
  env: stream(async () => (await import("@codemirror/legacy-modes/mode/properties")).properties),
  go: stream(async () => (await import("@codemirror/legacy-modes/mode/go")).go),
  rs: stream(async () => (await import("@codemirror/legacy-modes/mode/rust")).rust),
  rb: stream(async () => (await import("@codemirror/legacy-modes/mode/ruby")).ruby),
  sql: stream(async () => (await import("@codemirror/legacy-modes/mode/sql")).standardSQL),
  c: stream(async () => (await import("@codemirror/legacy-modes/mode/clike")).c),
  h: stream(async () => (await import("@codemirror/legacy-modes/mode/clike")).c),
  java: stream(async () => (await import("@codemirror/legacy-modes/mode/clike")).java),
};

const byName: Readonly<Record<string, Load>> = {
  dockerfile: stream(async () => (await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile),
  containerfile: stream(async () => (await import("@codemirror/legacy-modes/mode/dockerfile")).dockerFile),
};

/** The language of a file by its name, or by the first line of a script; undefined for plain text. */
export const languageOf = (path: string, text: string): Load | undefined => {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const ending = name.slice(name.lastIndexOf(".") + 1);
  const known = byName[name] ?? byEnding[ending];
  if (known !== undefined) return known;
  const program = /^#!.*?\b(sh|bash|zsh|python|node)[\d.]*\b/.exec(text.slice(0, 100))?.[1];
  if (program === undefined) return undefined;
  return byEnding[program === "python" ? "py" : program === "node" ? "js" : "sh"];
};
