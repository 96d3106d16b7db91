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

/**
 * Of a shell command the first call that loads or runs something from the folder it stands in: `bash check.sh`,
 * `npm test`, `scripts/verify`. Undefined where there is none. Not a shell's parser: it takes quoted text for
 * commands, too, and follows `cd` by `isElsewhere` only.
 */
export const loadsFromFolder = (command: string, isElsewhere: (folder: string) => boolean): string | undefined => {
  let isAway = false;
  for (const part of command.split(/&&|\|\||[;|&\n()`]/)) {
    const call = callOf(part);
    if (call === undefined) continue;
    if (call.program === "cd") isAway = call.args[0] !== undefined && isElsewhere(call.args[0]);
    else if (!isAway && loads(call)) return part.trim().replace(/^["']|["']$/g, "");
  }
  return undefined;
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
  if (shells.test(name)) return isRelative && !args.some((arg) => /^-\w*[ce]$/.test(arg) && isBefore(args, arg, first));
  if (importing.test(name)) return isRelative || (first !== undefined && args.some((arg) => /^-[cemp]$/.test(arg)));
  return projectTools.has(name) && !namesFolder(args);
};

const isBefore = (args: readonly string[], one: string, other: string): boolean =>
  args.indexOf(one) < args.indexOf(other);

/** `-C /opt/project` and the like: where it is the student's, the path itself says so. */
const namesFolder = (args: readonly string[]): boolean =>
  args.some(
    (arg, index) =>
      /^(?:-C|--prefix|--directory|--git-dir|--manifest-path|--cwd|-f)$/.test(arg) &&
      (args[index + 1] ?? "").startsWith("/"),
  ) || args.some((arg) => /^--(?:prefix|directory|git-dir|manifest-path|cwd)=\//.test(arg));
