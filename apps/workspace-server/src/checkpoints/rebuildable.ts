/**
 * Folders that a tool fills and can fill again: packages, environments, caches, build results. They are saved like
 * all others as long as there is room; where there is not, they go without first.
 */
const names: ReadonlySet<string> = new Set([
  "node_modules",
  "bower_components",
  ".npm",
  ".pnpm-store",
  ".yarn",
  ".nvm",
  ".next",
  ".nuxt",
  ".svelte-kit",
  ".turbo",
  ".parcel-cache",
  ".venv",
  "venv",
  "virtualenv",
  "site-packages",
  "__pycache__",
  ".tox",
  ".nox",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".pyenv",
  ".conda",
  "miniconda3",
  "target",
  ".cargo",
  ".rustup",
  "vendor",
  ".bundle",
  ".gem",
  ".rbenv",
  ".m2",
  ".gradle",
  ".ivy2",
  ".nuget",
  "_build",
  "deps",
  ".terraform",
  ".cache",
]);

export const isRebuildableName = (name: string): boolean => names.has(name);

/** Whether a path below one of the roots is, or lies in, a folder that can be filled again. */
export const isRebuildable = (path: string, roots: readonly string[]): boolean => {
  const root = roots.find((candidate) => path.startsWith(candidate === "/" ? "/" : `${candidate}/`));
  return root !== undefined && path.slice(root.length).split("/").some(isRebuildableName);
};
