import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Identity, asIdentity } from "../identity/identity.ts";

/** `basic`: commands are told when they are over. */
export type Integration = "full" | "basic" | "none";

export interface ShellLaunch {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly integration: Integration;
  /** Whether the integration reports each line that is read, also those that only continue a command. */
  readonly isReportingLines: boolean;
  /** Why a shell that could be integrated is not. */
  readonly failure?: string;
  /** Removes what the launch left in the file system. */
  readonly cleanUp: () => void;
}

export interface ShellLaunchOptions {
  readonly shell: string;
  readonly identity: Identity;
  readonly env: Readonly<Record<string, string>>;
  readonly nonce: string;
  readonly integrationFolder: string;
  readonly terminfo: string;
  /** Folder in which a session's start-up file is put for a moment. */
  readonly scratch: string;
  readonly sessionId: string;
  readonly asIdentity?: typeof asIdentity;
}

const q = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * How to start a shell with integration. The nonce reaches the shell through a start-up file that
 * deletes itself: the environment of a process can be read by every program of the same user, a shell
 * variable cannot. The student's own start-up files run first; the image's PATH is put back after
 * profile files that reset it. Where that file cannot be written, on a full disk, the shell starts
 * without integration: the student needs one to make room.
 */
export const planShellLaunch = (options: ShellLaunchOptions): ShellLaunch => {
  const { shell, identity, nonce, integrationFolder } = options;
  const kind = basename(shell);
  const folder = join(options.scratch, options.sessionId);
  const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
  const become = options.asIdentity ?? asIdentity;
  const env: Record<string, string> = {
    ...options.env,
    HOME: identity.home,
    USER: identity.name,
    LOGNAME: identity.name,
    SHELL: shell,
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
    LANG: options.env["LANG"] ?? "C.UTF-8",
  };
  if (
    !["/usr/share/terminfo", "/lib/terminfo", "/etc/terminfo"].some((root) =>
      existsSync(join(root, "x/xterm-256color")),
    )
  )
    env["TERMINFO"] = options.terminfo;

  const write = (name: string, text: string): string => {
    // The student passes through the parent but cannot list it; the folder itself is theirs.
    mkdirSync(options.scratch, { recursive: true, mode: 0o711 });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(folder, identity.uid, identity.gid);
    chownSync(path, identity.uid, identity.gid);
    return path;
  };
  const pathBack = `__atelier_path=${q(env["PATH"] ?? "")}; case ":$PATH:" in *":$__atelier_path:"*) ;; *) PATH="$PATH:$__atelier_path" ;; esac; unset __atelier_path; export PATH\n`;
  const integrationFile = join(
    integrationFolder,
    { bash: "bash.sh", zsh: "zsh.zsh", fish: "fish.fish" }[kind] ?? "none",
  );
  const launch = (argv: readonly string[], integration: Integration): ShellLaunch => ({
    argv: become(identity, argv),
    env,
    integration,
    isReportingLines: integration === "full" && kind !== "fish",
    cleanUp,
  });
  if (!existsSync(integrationFile)) return launch([shell, "-i"], "none");

  const integrated = (): ShellLaunch => {
    if (kind === "bash") {
      const file = write(
        "rc",
        `command rm -f -- ${q(join(folder, "rc"))}\n[ -r /etc/profile ] && . /etc/profile\n[ -r /etc/bash.bashrc ] && . /etc/bash.bashrc\n` +
          `if [ -r ~/.bash_profile ]; then . ~/.bash_profile; elif [ -r ~/.profile ]; then . ~/.profile; elif [ -r ~/.bashrc ]; then . ~/.bashrc; fi\n` +
          `${pathBack}__atelier_nonce=${q(nonce)}\n. ${q(integrationFile)}\n`,
      );
      return launch([shell, "--rcfile", file, "-i"], "full");
    }
    if (kind === "zsh") {
      write(
        ".zshrc",
        `command rm -f -- ${q(join(folder, ".zshrc"))}\nunset ZDOTDIR\nfor __atelier_file in ~/.zshenv ~/.zprofile ~/.zshrc; do [[ -r $__atelier_file ]] && source $__atelier_file; done; unset __atelier_file\n` +
          `HISTFILE=\${HISTFILE:-~/.zsh_history}\n${pathBack}__atelier_nonce=${q(nonce)}\nsource ${q(integrationFile)}\n`,
      );
      env["ZDOTDIR"] = folder;
      return launch([shell, "-i"], "full");
    }
    const file = write(
      "init.fish",
      `command rm -f -- ${q(join(folder, "init.fish"))}\nset -g __atelier_nonce ${q(nonce)}\nsource ${q(integrationFile)}\n`,
    );
    return launch([shell, "--init-command", `source ${q(file)}`, "-i"], "full");
  };
  try {
    return integrated();
  } catch (error) {
    cleanUp();
    return { ...launch([shell, "-i"], "none"), failure: error instanceof Error ? error.message : String(error) };
  }
};
