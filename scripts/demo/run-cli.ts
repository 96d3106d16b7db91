import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

/** Runs `atelier` as a person would and answers its stdout; its stderr goes to ours. Throws when it fails. */
export const runCli = async (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> => {
  const child = spawn(process.execPath, [cli, ...args], { env: { ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  );
  if (code !== 0) throw new Error(`atelier ${args.join(" ")} ended with ${code}`);
  return Buffer.concat(chunks).toString("utf8").trim();
};
