import { watch } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RuntimeConfig, roles, runtimeConfigSchema } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { Tokens } from "../http/access.ts";

export interface ReceivedConfig {
  readonly config: RuntimeConfig;
  readonly tokens: Tokens;
  /** Values of the secret parameters by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Key of the provider that answers questions; empty: none was given. */
  readonly helpKey: string;
  /** For the workspace's own cluster; empty: it has none. */
  readonly kubeconfig: string;
}

/**
 * Waits until `config.json` is there and reads everything beside it. Throws `AppError` `config-invalid`
 * when it does not fit the contract: then a manager of another version wrote it.
 */
export const waitForConfig = async (folder: string, signal: AbortSignal): Promise<ReceivedConfig> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "config.json");
  let text = await readIfThere(path);
  if (text === undefined) {
    // Watch first, then look again: a file that came in between must not be missed.
    const changes = new AbortController();
    const stop = (): void => changes.abort();
    signal.addEventListener("abort", stop, { once: true });
    const watcher = watch(folder, { signal: changes.signal, persistent: true });
    try {
      text = await new Promise<string>((resolve, reject) => {
        const look = (): void => {
          readIfThere(path).then((found) => found !== undefined && resolve(found), reject);
        };
        watcher.on("change", look).on("error", reject);
        // Some engines' tmpfs gives no events.
        const timer = setInterval(look, 200);
        watcher.once("close", () => clearInterval(timer));
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        look();
      });
    } finally {
      signal.removeEventListener("abort", stop);
      watcher.close();
    }
  }
  const parsed = runtimeConfigSchema.safeParse(safeJson(text));
  if (!parsed.success)
    throw new AppError(
      "config-invalid",
      `The configuration does not fit: ${parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")}`,
      {
        hint: "The CLI and this image are of versions that do not fit; build the workshop again with this CLI.",
      },
    );
  const tokens: Record<string, string> = {};
  for (const role of roles) {
    const token = await readIfThere(join(folder, `${role}.token`));
    if (token) tokens[role] = token.trim();
  }
  const secrets: Record<string, string> = {};
  for (const name of parsed.data.secrets) secrets[name] = (await readIfThere(join(folder, "secrets", name))) ?? "";
  const helpKey = ((await readIfThere(join(folder, "help.key"))) ?? "").trim();
  const kubeconfig = (await readIfThere(join(folder, "kubeconfig"))) ?? "";
  return { config: parsed.data, tokens, secrets, helpKey, kubeconfig };
};

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
