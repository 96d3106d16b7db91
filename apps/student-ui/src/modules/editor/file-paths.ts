/** The folder around a path. */
export const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")));

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

export const inFolder = (folder: string, name: string): string => (folder === "/" ? `/${name}` : `${folder}/${name}`);

/** A path as a text names it, made absolute: `~/` is the home, anything else begins where shells start. */
export const absolutePath = (
  path: string,
  { home, workdir }: { readonly home: string; readonly workdir: string },
): string => {
  const given = path === "~" ? home : path.startsWith("~/") ? `${home}/${path.slice(2)}` : path;
  const parts: string[] = [];
  for (const part of (given.startsWith("/") ? given : `${workdir}/${given}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
};

/** A path as students read it. */
export const shownPath = (path: string, home: string): string =>
  path === home ? "~" : path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;

/** Why a name cannot be given to a file; undefined: it can. */
export const isFileName = (name: string): boolean =>
  name !== "" &&
  name !== "." &&
  name !== ".." &&
  !/[/\u0000]/.test(name) &&
  new TextEncoder().encode(name).length <= 255;
