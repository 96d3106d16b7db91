import { studentHome } from "../../workshop/workshop.ts";

/** `~` and `~/…` to the student's home, doubled and trailing slashes and `.` away. Input is absolute or `~`. */
export const expandPath = (path: string): string => {
  const absolute = path === "~" || path.startsWith("~/") ? `${studentHome}/${path.slice(2)}` : path;
  const parts: string[] = [];
  for (const part of absolute.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
};

/** Whether an absolute path is a folder or something below it. */
export const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);

/** Where a source goes: a file whose target ends in a slash goes into that folder under its own name. */
export const targetPath = (target: string, source: { readonly isFile: boolean; readonly name: string }): string =>
  source.isFile && target.endsWith("/") ? expandPath(`${target}${source.name}`) : expandPath(target);
