import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Bytes that a browser fetches before the page is there: what `index.html` names and what that imports
 * statically, each in the form a server sends (brotli where the build laid it beside).
 */
export const firstLoadBytes = async (dist: string): Promise<Readonly<Record<string, number>>> => {
  const names = new Set<string>();
  const waiting = ["index.html"];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    const text = /\.(html|js)$/.test(name) ? await readFile(join(dist, name), "utf8") : "";
    if (name.endsWith(".html"))
      for (const [, path = ""] of text.matchAll(/(?:src|href)="\/(?!api\/)([^"]+)"/g)) waiting.push(path);
    if (name.endsWith(".js"))
      for (const [, path = ""] of text.matchAll(/(?:^|[;}])(?:import|export)(?:[^"'()]*?from)?["']\.\/([^"']+)["']/g))
        waiting.push(`assets/${path}`);
  }
  const files = new Set((await readdir(dist, { recursive: true })).map(String));
  const sizes: Record<string, number> = {};
  for (const name of [...names].sort())
    sizes[name] = (await stat(join(dist, files.has(`${name}.br`) ? `${name}.br` : name))).size;
  return sizes;
};
