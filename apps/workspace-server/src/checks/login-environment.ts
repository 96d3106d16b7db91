import { lstatSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { asIdentity, type Identity } from "../identity/identity.ts";
import { runProcess } from "./run-process.ts";
import { exportsOf, quote } from "./shell-words.ts";

export interface LoginOptions {
  readonly identity: Identity;
  readonly shell: string;
  /** What the start-up files find: the image's variables, parameters and secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly asIdentity?: typeof asIdentity;
  /** Milliseconds; default 8000. */
  readonly deadlineMs?: number;
}

/** What a student's own start-up files make of the environment. */
export interface LoginEnvironment {
  /**
   * The variables, as a new terminal would have them. Start-up files that hang, fail or say nothing leave what was
   * there before. They are read again after something about them changed, or after five minutes, or one where they failed.
   */
  read(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

const keepMs = 5 * 60_000;
/** Of a failure: the machine may have been busy. */
const retryMs = 60_000;
const begin = "\u0001atelier-login\u0001";

/** Belong to a shell or to the place it runs in, not to what it starts; or decide what an author's command prints. */
const own =
  /^(?:SHELLOPTS|BASHOPTS|BASH_.*|BASH|ENV|UID|EUID|GID|EGID|PPID|GROUPS|PS\d|PROMPT_COMMAND|SHLVL|PWD|OLDPWD|_|TERM|COLUMNS|LINES|IFS|LANG|LANGUAGE|LC_.*|ATELIER_.*|__atelier.*)$/;

/** Below the home; also what start-up files usually look for. */
const watchedInHome = [
  ".profile",
  ".bash_profile",
  ".bash_login",
  ".bashrc",
  ".bash_aliases",
  ".zshenv",
  ".zprofile",
  ".zshrc",
  ".config/fish/config.fish",
  ".nvm/alias/default",
  ".cargo/env",
];
const watchedFolders = ["bin", ".local/bin", ".nvm", ".pyenv", ".rbenv", ".sdkman", "go/bin"];
const watchedInSystem = ["/etc/profile", "/etc/bash.bashrc", "/etc/zsh/zshrc", "/etc/zsh/zprofile"];

export const createLoginEnvironment = (options: LoginOptions): LoginEnvironment => {
  let kept:
    | { readonly env: Readonly<Record<string, string>>; readonly signs: string; readonly until: number }
    | undefined;
  return {
    read: async (signal) => {
      const signs = signsOf(options.identity.home);
      if (kept?.signs === signs && performance.now() < kept.until) return kept.env;
      const found = await ask(options, signal);
      const env = found ?? kept?.env ?? options.env;
      kept = { env, signs, until: performance.now() + (found === undefined ? retryMs : keepMs) };
      return env;
    },
  };
};

/** Runs the start-up files with the identity's rights; undefined when they do not come to an end. */
const ask = async (
  { identity, shell, env, deadlineMs = 8000, asIdentity: become = asIdentity }: LoginOptions,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, string>> | undefined> => {
  const place = { HOME: identity.home, USER: identity.name, LOGNAME: identity.name, SHELL: shell };
  // Nothing of the student's is in the environment of what is still root: it would be loaded there.
  const argv = become(identity, ["/bin/sh", "-c", 'eval "$ATELIER_LOGIN"', "login"]);
  const exports = exportsOf({ ...env, ...place });
  const answer = await runProcess({
    argv,
    env: {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      ATELIER_LOGIN: `${exports}\nunset ATELIER_LOGIN\ncd 2>/dev/null\nexec ${launchOf(shell).map(quote).join(" ")}`,
    },
    cwd: "/",
    timeoutMs: deadlineMs,
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return undefined;
  });
  const dump = answer?.stdout.split(begin).at(-1);
  if (answer === undefined || answer.isTimeout || dump === undefined || !answer.stdout.includes(begin))
    return undefined;
  const found = Object.fromEntries(
    dump.split("\0").flatMap((line) => {
      const at = line.indexOf("=");
      const name = line.slice(0, at);
      return at > 0 && /^[A-Za-z_]\w*$/.test(name) && !own.test(name) ? [[name, line.slice(at + 1)]] : [];
    }),
  );
  if (found["PATH"] === undefined) return undefined;
  return { ...env, ...found, PATH: withPath(found["PATH"], env["PATH"]) };
};

/** As in a terminal: a profile that sets PATH anew does not hide what the image put there. */
const withPath = (path: string, image: string | undefined): string =>
  image === undefined || `:${path}:`.includes(`:${image}:`) ? path : `${path}:${image}`;

const tell = `printf '${begin}' >&3; \\command -p env -0 >&3`;
const source = (files: string): string => `for __atelier in ${files}; do [ -r "$__atelier" ] && . "$__atelier"; done`;
/** What start-up files print goes nowhere, and one that ends the shell is heard all the same. */
const quiet = `exec 3>&1 >/dev/null 2>&1\ntrap '${tell.replaceAll("'", `'\\''`)}' EXIT`;

/** The shell with the files that a terminal reads; see `terminal/shell-launch.ts`. */
const launchOf = (shell: string): readonly string[] => {
  const kind = basename(shell);
  if (kind === "bash") {
    const files = "/etc/profile /etc/bash.bashrc";
    const ownFile =
      "if [ -r ~/.bash_profile ]; then . ~/.bash_profile; elif [ -r ~/.profile ]; then . ~/.profile; elif [ -r ~/.bashrc ]; then . ~/.bashrc; fi";
    return [shell, "--noprofile", "--norc", "-i", "-c", `${quiet}\n${source(files)}\n${ownFile}\nexit 0`];
  }
  if (kind === "zsh")
    return [
      shell,
      "-f",
      "-i",
      "-c",
      `${quiet}\n${source("/etc/zsh/zshenv /etc/zsh/zprofile /etc/zsh/zshrc ~/.zshenv ~/.zprofile ~/.zshrc")}\nexit 0`,
    ];
  if (kind === "fish") return [shell, "-i", "-c", `printf '${begin}'; command env -0`];
  return [shell, "-c", `${quiet}\n${source("/etc/profile ~/.profile")}\nexit 0`];
};

/** Whatever a change of the start-up files changes of what is seen from outside; nothing of the student's is read. */
const signsOf = (home: string): string => {
  const profiles = names("/etc/profile.d").map((name) => join("/etc/profile.d", name));
  const files = [...watchedInSystem, ...profiles, ...watchedInHome.map((name) => join(home, name))];
  return JSON.stringify([files.map(stampOf), watchedFolders.map((name) => stampOf(join(home, name)) !== "")]);
};

const names = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

const stampOf = (path: string): string => {
  try {
    const { ino, size, mtimeMs, ctimeMs } = lstatSync(path);
    return `${path}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
  } catch {
    return "";
  }
};
