import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of a program, looked for as a shell would; undefined: it is on no folder of the PATH. */
export const findProgram = (
  name: string,
  { PATH = "" }: Readonly<Record<string, string | undefined>>,
): string | undefined =>
  PATH.split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
