/**
 * What stands behind the opening of a code block: a language, then words and `name=value` pairs, in braces
 * or not: `bash {terminal=web interrupt}`, `python save=~/shop.py`, `console no-run`. See docs/manual/pages.md.
 */
export interface FenceInfo {
  /** In small letters, "" when none was given. */
  readonly language: string;
  /**
   * `run`: its button types it into a terminal; `save`: its button writes a file; `quiz`: a question;
   * `diagram`: drawn; `plain`: text to read and copy.
   */
  readonly kind: "run" | "save" | "quiz" | "diagram" | "plain";
  /** Name of the terminal that it is typed into; absent: the one in front. */
  readonly terminal?: string;
  /** Ctrl-C goes first. */
  readonly interrupt: boolean;
  /** The file it becomes. */
  readonly save?: SaveTarget;
  /** `atelier test --walk` leaves it out. */
  readonly isWalked: boolean;
}

export interface SaveTarget {
  /** As it is written: absolute, below `~/`, or relative to the workdir. */
  readonly path: string;
  /** Permission bits; absent: 0644, or 0755 with a shebang. */
  readonly mode?: number;
}

/** Something in a block's first line that means nothing, or cannot be. */
export interface FenceFault {
  readonly kind: "unknown-word" | "bad-value";
  readonly word: string;
  /** Where in the info text it begins. */
  readonly offset: number;
  readonly message: string;
  readonly remedy: string;
}

export interface ReadFenceInfo {
  readonly info: FenceInfo;
  readonly faults: readonly FenceFault[];
}

/** A block in one of these is typed unless it says otherwise. */
export const shellLanguages: ReadonlySet<string> = new Set(["bash", "sh", "shell", "console", "zsh", "shell-session"]);
export const terminalName = /^[a-z0-9][a-z0-9-]{0,31}$/;
export const blockWords = ["run", "no-run", "no-run-button", "interrupt", "no-walk"] as const;
export const blockKeys = ["terminal", "save", "mode"] as const;

interface Word {
  readonly name: string;
  readonly value?: string;
  readonly offset: number;
}

const wordsOf = (text: string): readonly Word[] =>
  [...text.matchAll(/([^\s,{}="]+)(?:=(?:"([^"]*)"|([^\s,{}"]*)))?/g)].map((match) => {
    const value = match[2] ?? match[3];
    return { name: match[1] ?? "", ...(value === undefined ? {} : { value }), offset: match.index };
  });

/** Reads a block's first line. Whatever is wrong with it, there is always an answer. */
export const readFenceInfo = (text: string): ReadFenceInfo => {
  const first = /^\s*([^\s,{}="]+)(?=[\s,{}]|$)/.exec(text);
  const language = first?.[1] ?? "";
  const words = wordsOf(text.slice(first?.[0].length ?? 0)).map((word) => ({
    ...word,
    offset: word.offset + (first?.[0].length ?? 0),
  }));
  const faults: FenceFault[] = [];
  const given = new Map<string, Word>();
  for (const word of words) {
    const isKey = (blockKeys as readonly string[]).includes(word.name);
    const isWord = (blockWords as readonly string[]).includes(word.name);
    if (isKey ? word.value === undefined || word.value === "" : isWord && word.value !== undefined)
      faults.push(bad(word, isKey ? `"${word.name}" needs a value.` : `"${word.name}" takes no value.`));
    else if (isKey || isWord) given.set(word.name, word);
    // Highlighted lines and the like of other tools are no mistakes of ours.
    else if (/^[a-z]/i.test(word.name)) faults.push(unknown(word));
  }
  const info = infoOf(language.toLowerCase(), given, faults);
  return { info, faults };
};

const infoOf = (language: string, given: ReadonlyMap<string, Word>, faults: FenceFault[]): FenceInfo => {
  const terminal = given.get("terminal");
  const save = saveOf(given, faults);
  const isOff = given.has("no-run") || given.has("no-run-button");
  const kind = kindOf(language, { isSaved: given.has("save"), isAsked: given.has("run"), isOff });
  if (terminal?.value !== undefined && !terminalName.test(terminal.value))
    faults.push({
      ...bad(terminal, `terminal="${terminal.value}" is no name of a terminal.`),
      remedy: "Use small letters, digits and dashes, up to 32, such as terminal=web.",
    });
  for (const name of ["terminal", "interrupt"] as const) {
    const word = given.get(name);
    if (word !== undefined && kind !== "run")
      faults.push({
        ...bad(word, `"${name}" says how a block is typed, but this one is not typed.`),
        remedy: `Leave it out${kind === "plain" && !isOff ? ', or add the word "run"' : ""}.`,
      });
  }
  const isNamed = terminal?.value !== undefined && terminalName.test(terminal.value) && kind === "run";
  return {
    language,
    kind,
    ...(isNamed ? { terminal: terminal.value ?? "" } : {}),
    interrupt: kind === "run" && given.has("interrupt"),
    ...(save === undefined ? {} : { save }),
    isWalked: !given.has("no-walk"),
  };
};

const kindOf = (
  language: string,
  words: { readonly isSaved: boolean; readonly isAsked: boolean; readonly isOff: boolean },
): FenceInfo["kind"] => {
  if (language === "quiz") return "quiz";
  if (words.isSaved) return "save";
  if (words.isAsked) return "run";
  if (language === "mermaid") return "diagram";
  return shellLanguages.has(language) && !words.isOff ? "run" : "plain";
};

const saveOf = (given: ReadonlyMap<string, Word>, faults: FenceFault[]): SaveTarget | undefined => {
  const save = given.get("save");
  const mode = given.get("mode");
  const isMode = mode?.value !== undefined && /^0?[0-7]{3}$/.test(mode.value);
  if (mode !== undefined && (save === undefined || !isMode))
    faults.push(
      save === undefined
        ? { ...bad(mode, '"mode" belongs to a block that is saved.'), remedy: "Add save=<path>, or leave it out." }
        : {
            ...bad(mode, `mode=${mode.value} is no file mode.`),
            remedy: "Write three octal digits, such as mode=0755.",
          },
    );
  const path = save?.value;
  if (save === undefined || path === undefined) return undefined;
  const parts = path.split("/");
  if (parts.includes("..") || path.endsWith("/") || path === "~" || /^~[^/]/.test(path) || path.length > 500) {
    faults.push({
      ...bad(save, `save=${path} is no path of a file.`),
      remedy: "Name a file: absolute, below ~/, or relative to the workdir, and without ..",
    });
    return undefined;
  }
  return { path, ...(isMode ? { mode: Number.parseInt(mode.value ?? "", 8) } : {}) };
};

const bad = ({ name, offset }: Word, message: string): FenceFault => ({
  kind: "bad-value",
  word: name,
  offset,
  message,
  remedy: (blockKeys as readonly string[]).includes(name)
    ? `Write ${name}=<value> without blanks, or in double quotes.`
    : `Write "${name}" alone.`,
});

const unknown = ({ name, offset }: Word): FenceFault => ({
  kind: "unknown-word",
  word: name,
  offset,
  message: `"${name}" means nothing behind the language of a block.`,
  remedy: `These have a meaning: ${[...blockWords.filter((word) => word !== "no-run-button"), ...blockKeys.map((key) => `${key}=…`)].join(", ")}.`,
});
