/** Run a script, which is an argument; what is given with `-c` or `-e` is the author's. */
const shells = /^(?:sh|bash|dash|ash|zsh|ksh|fish|perl|ruby|php|Rscript|lua)$/;
/** The same, but their imports begin where they stand, also those of a text that is an argument. */
const importing = /^(?:python[\d.]*|pypy[\d.]*|node|deno|bun)$/;
/** Take settings, hooks, scripts or plugins from where they stand. */
const projectTools = new Set(
  "npm npx yarn pnpm make gmake cmake ninja just git go cargo mvn gradle sbt bundle rake composer dotnet pytest tox nox pip pip3 poetry uv docker-compose terraform ansible ansible-playbook vagrant mix rebar3 stack cabal eslint tsc jest vitest".split(
    " ",
  ),
);
/** Stand before the program that is meant. */
const prefixes = new Set(
  "sudo env exec command nice nohup time timeout xargs ! if then elif else while until do {".split(" "),
);

interface Call {
  readonly program: string;
  readonly args: readonly string[];
}

export interface FolderLoad {
  /** As it is written. */
  readonly call: string;
  /** `start`: where the command begins. `given`: a folder of those that were asked about, by a `cd`. */
  readonly from: "start" | "given";
}

/**
 * Of a shell command the first call that wants something of the folder it stands in: `bash check.sh`, `npm test`,
 * `scripts/verify`. Where the command begins, that is what the call names; in a folder that `isGiven`, also what a
 * program loads from there without being told. Undefined where there is none. Not a shell's parser: it takes quoted
 * text for commands, too, and follows a `cd` to an absolute place only.
 */
export const loadsFromFolder = (command: string, isGiven: (folder: string) => boolean): FolderLoad | undefined => {
  let place: FolderLoad["from"] | "elsewhere" = "start";
  for (const part of command.split(/&&|\|\||[;|&\n()`]/)) {
    const call = callOf(part);
    if (call === undefined) continue;
    if (call.program === "cd") place = placeOf(call.args[0], isGiven) ?? place;
    else if (place !== "elsewhere" && loads(call) && (place === "given" || !isOfText(call)))
      return { call: part.trim().replace(/^["']|["']$/g, ""), from: place };
  }
  return undefined;
};

const placeOf = (folder: string | undefined, isGiven: (folder: string) => boolean) => {
  if (folder === undefined) return "elsewhere";
  if (!/^[/~$]/.test(folder)) return undefined;
  return isGiven(folder) ? "given" : "elsewhere";
};

const callOf = (part: string): Call | undefined => {
  const words = part.split(/\s+/).map((word) => word.replace(/^["'$]+|["']+$/g, ""));
  let isPrefixed = false;
  for (const [index, word] of words.entries()) {
    // Somebody else runs it then, which is the right way to ask for what is the student's.
    if (isPrefixed && (word === "-u" || word.startsWith("--user"))) return undefined;
    if (word === "" || /^\w+=/.test(word) || (isPrefixed && /^(?:-|\d)/.test(word))) continue;
    if (prefixes.has(word)) isPrefixed = true;
    else return { program: word, args: words.slice(index + 1).filter((arg) => arg !== "") };
  }
  return undefined;
};

const loads = ({ program, args }: Call): boolean => {
  if (program.includes("/") && !/^[/~$]/.test(program)) return true;
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (args.length === 1 && /^(?:--?version|-[vVh]|--help|version)$/.test(args[0] ?? "")) return false;
  const first = args.find((arg) => !arg.startsWith("-"));
  const isRelative = first !== undefined && !/^[/~$]/.test(first);
  if (shells.test(name)) return isRelative && !isText(args, /^-\w*[ce]$/);
  if (importing.test(name)) return isRelative || (first !== undefined && args.some((arg) => /^-[cemp]$/.test(arg)));
  return projectTools.has(name) && !namesFolder(args);
};

/** A text or a module that is an argument: it needs nothing of the folder, though its imports may find something there. */
const isOfText = ({ program, args }: Call): boolean =>
  importing.test(program.slice(program.lastIndexOf("/") + 1)) && isText(args, /^-[cemp]$/);

/** Whether such an option stands before the first word that is none, and makes that no file. */
const isText = (args: readonly string[], option: RegExp): boolean => {
  const first = args.findIndex((arg) => !arg.startsWith("-"));
  return args.some((arg, index) => option.test(arg) && index < first);
};

/** `-C /opt/project` and the like: where it is the student's, the path itself says so. */
const namesFolder = (args: readonly string[]): boolean =>
  args.some(
    (arg, index) =>
      /^(?:-C|--prefix|--directory|--git-dir|--manifest-path|--cwd|-f)$/.test(arg) &&
      (args[index + 1] ?? "").startsWith("/"),
  ) || args.some((arg) => /^--(?:prefix|directory|git-dir|manifest-path|cwd)=\//.test(arg));
