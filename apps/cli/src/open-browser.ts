import { spawn } from "node:child_process";

/** Asks the desktop to open a link; answers whether something took it. */
export const openBrowser = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const [file, ...args] =
      process.platform === "darwin"
        ? ["open", url]
        : process.platform === "win32"
          ? ["cmd", "/c", "start", "", url]
          : ["xdg-open", url];
    const child = spawn(file ?? "", args, { stdio: "ignore", detached: true });
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
