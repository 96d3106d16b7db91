import { platformPaths } from "@atelier/contract";
import { isElf, readElf } from "./elf.ts";
import { architectures, type Platform } from "./platform-versions.ts";

export interface RuntimeFile {
  /** Absolute path in an image. */
  readonly path: string;
  readonly content: Buffer;
}

const machines = { "linux/amd64": 62, "linux/arm64": 183 } as const satisfies Record<Platform, number>;

/** glibc's own parts look for nothing beside them by a path: they come with the loader. */
const isOfLoader = /^(ld-linux|lib(c|m|dl|pthread|rt|util|resolv|anl)\.so)/;

/**
 * What keeps a platform layer from running on its architecture, file by file: another machine, a loader or
 * a library from outside /opt/atelier, a missing library. Reads headers only, so that a machine can check
 * the layer of an architecture it cannot run.
 */
export const checkRuntime = (files: readonly RuntimeFile[], platform: Platform): readonly string[] => {
  const libraries = `${platformPaths.root}/lib`;
  const paths = new Set(files.map(({ path }) => path));
  const loader = `${libraries}/${architectures[platform].loader}`;
  const faults: string[] = [];
  const programs = new Set<string>([
    platformPaths.node,
    platformPaths.goss,
    platformPaths.tini,
    platformPaths.setpriv,
    platformPaths.flock,
    platformPaths.dash,
    loader,
  ]);
  for (const path of programs) if (!paths.has(path)) faults.push(`${path} is missing`);
  for (const { path, content } of files) {
    if (!isElf(content)) {
      if (programs.has(path)) faults.push(`${path} is no ELF file`);
      continue;
    }
    const { machine, interpreter, runpath, needed } = readElf(content);
    const name = path.slice(path.lastIndexOf("/") + 1);
    if (machine !== machines[platform]) faults.push(`${path} is for machine ${machine}, not ${machines[platform]}`);
    // Of glibc's libraries some can be run; what loader they name then is their own.
    const isLibrary = path.startsWith(`${libraries}/`);
    if (interpreter !== undefined && !isLibrary && interpreter !== loader)
      faults.push(`${path} asks for the loader ${interpreter}`);
    if (needed.length > 0 && !isOfLoader.test(name) && runpath !== libraries)
      faults.push(`${path} looks for libraries in ${runpath ?? "the base"}`);
    for (const library of needed)
      if (!paths.has(`${libraries}/${library}`)) faults.push(`${path} lacks its library ${library}`);
  }
  return faults;
};
