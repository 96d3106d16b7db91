import { spawn } from "node:child_process";

/**
 * The last commit that changed anything in a folder under git, marked when files differ from it; undefined where
 * nothing was ever committed. Commits elsewhere in the repository do not make it another one.
 */
export const revisionOf = async (folder: string): Promise<string | undefined> => {
  const ask = (...args: string[]): Promise<string | undefined> =>
    new Promise((resolve) => {
      const child = spawn("git", ["-C", folder, ...args], { stdio: ["ignore", "pipe", "ignore"] });
      let text = "";
      child.stdout.on("data", (data: Buffer) => {
        text += data.toString("utf8");
      });
      child.once("error", () => resolve(undefined));
      child.once("close", (code) => resolve(code === 0 ? text.trim() : undefined));
    });
  const [revision, changes] = await Promise.all([
    ask("log", "-1", "--format=%H", "--", "."),
    ask("status", "--porcelain", "--", "."),
  ]);
  if (revision === undefined || revision === "") return undefined;
  return changes === "" ? revision : `${revision}-dirty`;
};
