import { statSync } from "node:fs";
import { dirname } from "node:path";

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** What makes a program load or run something before its own first line. */
const loading =
  /^(LD_.*|DYLD_.*|BASH_ENV|ENV|SHELLOPTS|PS4|IFS|PERL5?LIB|PERL5OPT|PYTHON.*|RUBYOPT|RUBYLIB|NODE_.*|GCONV_PATH|GIT_.*|PAGER|EDITOR)$/;

/**
 * The environment of what runs as root in a check. A step's `env` is the author's, but it may name places
 * that the student can write to, as in `PATH=~/.local/bin:…`: root must find no program there.
 */
export const rootEnvironment = (
  env: Readonly<Record<string, string>>,
  isSafe: (folder: string) => boolean = onlyRootWrites,
): Record<string, string> => {
  const path = [...(env["PATH"] ?? "").split(":"), ...defaultPath.split(":")].filter(
    (folder, index, all) => folder.startsWith("/") && all.indexOf(folder) === index && isSafe(folder),
  );
  const kept = Object.entries(env).filter(([name]) => name !== "PATH" && !loading.test(name));
  return { ...Object.fromEntries(kept), PATH: path.join(":") || "/usr/bin:/bin" };
};

/** Whether a folder and all above it belong to root and nobody else may put anything into them. */
const onlyRootWrites = (folder: string): boolean => {
  try {
    const { uid, mode } = statSync(folder);
    // A sticky folder such as /tmp still lets everybody add programs.
    if (uid !== 0 || (mode & 0o022) !== 0) return false;
    return folder === "/" || onlyRootWrites(dirname(folder));
  } catch {
    return false;
  }
};
