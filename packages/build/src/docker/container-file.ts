import { join } from "node:path";
import type { Engine } from "@atelier/backend-docker";
import { AppError, contextDigests, contextOf, labels, type SourceTree } from "@atelier/domain";
import { type ResolveBaseOptions, type ResolvedBase, resolveBase } from "../base/resolve-base.ts";
import { contentOf } from "../chain/step-files.ts";
import { nameOf, registryOf } from "../registry/image-repository.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";
import { digestOf, type ImageCache } from "./image-cache.ts";

export interface ContainerFileOptions extends Omit<ResolveBaseOptions, "engine"> {
  readonly engine: Engine;
  readonly cache: ImageCache;
  readonly tree: SourceTree;
  /** The workshop's folder on this machine. */
  readonly folder: string;
  /** Path of the container file in the tree. */
  readonly file: string;
  /** Repository of the image, whose tag is `latest`. */
  readonly tag: string;
  /** Whether the author's network has authorities of its own. */
  readonly hasExtraTrust: boolean;
  /** Arguments that every build may use and that the engine keeps out of the image. */
  readonly proxies: Readonly<Record<string, string>>;
}

/** In the key as well: what was made without them is another image. */
const ownLabels = { [labels.role]: "base" } as const;

/**
 * Builds a container file with the engine's own builder and answers the image's id. Its folder is the
 * context. Throws `AppError` `container-file-failed` with the end of its output.
 */
export const buildContainerFile = async (options: ContainerFileOptions): Promise<string> => {
  const { engine, cache, file, tag, platform, onLine, signal } = options;
  const entry = options.tree.entries.get(file);
  const text = entry?.kind === "file" ? new TextDecoder().decode(entry.bytes) : "";
  const froms = await resolveFroms(text, options);
  const digest = digestOf(
    "container-file",
    ownLabels,
    file,
    froms.map(({ image }) => image.Id),
    platform,
    contextDigests(file, options.tree),
  );
  if (!(await cache.find(digest))) await cache.lookAtAll();
  const cached = await cache.find(digest);
  if (cached && !cached.tags.includes(`${tag}:latest`)) await engine.tagImage(cached.id, tag, "latest");
  if (cached) return cached.id;
  const logins = await Promise.all(registriesIn(text).map(options.loginFor));
  const lines: string[] = [];
  try {
    await using _names = await lendNames(engine, froms);
    await engine.buildImage(makeTar(contextEntries(options)), {
      dockerfile: file.slice(folderOf(file).length),
      tag,
      // No state's id: the image may be published, and whose machine it came from is nobody's business.
      labels: { ...ownLabels, [labels.layerDigest]: digest },
      buildArgs: options.proxies,
      platform,
      logins: logins.filter((login) => login !== undefined),
      onOutput: (line) => {
        lines.push(line);
        onLine(line);
      },
      signal,
    });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "container-file-failed") throw error;
    const tail = lines.slice(-15).map((line) => `  | ${line}`);
    throw new AppError("container-file-failed", [`${file} could not be built: ${error.message}`, ...tail].join("\n"), {
      cause: error,
      hint: hintOf(lines, options.hasExtraTrust),
    });
  }
  const image = await engine.inspectImage(tag);
  if (image === undefined) throw new AppError("container-file-failed", `${file} was built, but its image is gone.`);
  cache.remember(digest, { id: image.Id, labels: {}, tags: [`${tag}:latest`] });
  return image.Id;
};

/**
 * The engine's own builder can be given no authority that stays out of the image, so a container file has to bring
 * one. Pure.
 */
export const hintOf = (lines: readonly string[], hasExtraTrust: boolean): string =>
  hasExtraTrust && lines.slice(-40).some((line) => /certificate|x509|\bSSL\b|\bTLS\b/i.test(line))
    ? "The authorities of NODE_EXTRA_CA_CERTS do not reach container files. Put the file beside the container file, COPY it to /usr/local/share/ca-certificates/<name>.crt and run update-ca-certificates before the first download."
    : "Mend the container file and build again; the engine keeps what worked.";

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf("/") + 1);

/** The files, folders and links beside a container file. */
const contextEntries = ({ tree, folder, file }: ContainerFileOptions): readonly TarEntry[] => {
  const context = folderOf(file);
  return contextOf(context, tree).flatMap((path): readonly TarEntry[] => {
    const source = tree.entries.get(path);
    const entry = { name: path.slice(context.length), uid: 0, gid: 0 };
    if (source?.kind === "folder") return [{ ...entry, type: "folder", mode: 0o755 }];
    if (source?.kind === "link") return [{ ...entry, type: "link", mode: 0o777, target: source.target }];
    if (source?.kind !== "file") return [];
    const content = contentOf(join(folder, path), source);
    return [{ ...entry, type: "file", mode: source.executable ? 0o755 : 0o644, content }];
  });
};

/**
 * The images that a container file stands on, without its own stages and what only an argument names.
 * Continued lines and comments are read as the engine reads them.
 */
export const referencesIn = (text: string): readonly string[] =>
  readFroms(joinedLines(text)).references.filter((reference) => !reference.includes("$"));

/**
 * Hosts of the registries that a container file needs: below its stages, and of what it copies or mounts from. One
 * that only an argument names is not among them: nobody knows yet whose it is.
 */
export const registriesIn = (text: string): readonly string[] => {
  const joined = joinedLines(text);
  const { references, stages } = readFroms(joined);
  const copied = [...joined.matchAll(/^[ \t]*(?:COPY|RUN)[ \t].*?\bfrom=([^\s,]+)/gim)].map(([, from = ""]) => from);
  const images = [...references, ...copied.filter((from) => !stages.has(from.toLowerCase()) && !/^\d+$/.test(from))];
  return [...new Set(images.map(registryOf))].filter((registry) => !registry.includes("$"));
};

const joinedLines = (text: string): string => text.replace(/^\s*#.*$\n?/gm, "").replace(/\\\r?\n/g, " ");

const readFroms = (
  joined: string,
): { readonly references: readonly string[]; readonly stages: ReadonlySet<string> } => {
  const stages = new Set<string>();
  const references = new Set<string>();
  for (const [, reference = "", stage] of joined.matchAll(
    /^[ \t]*FROM[ \t]+(?:--platform=\S+[ \t]+)?(\S+)(?:[ \t]+AS[ \t]+(\S+))?/gim,
  )) {
    if (!stages.has(reference.toLowerCase()) && reference !== "scratch") references.add(reference);
    if (stage) stages.add(stage.toLowerCase());
  }
  return { references: [...references], stages };
};

interface From {
  readonly reference: string;
  readonly image: ResolvedBase;
}

/** Has every image there: a base that was pulled anew makes another image. */
const resolveFroms = async (text: string, options: ContainerFileOptions): Promise<readonly From[]> => {
  const froms: From[] = [];
  for (const reference of referencesIn(text)) froms.push({ reference, image: await resolveBase(reference, options) });
  return froms;
};

/**
 * Gives images the names that the engine's builder looks for, until disposed: it takes a name that is another
 * platform's for none and pulls. A Debian made here where there was none keeps its name.
 */
const lendNames = async (
  engine: Pick<Engine, "inspectImage" | "tagImage">,
  froms: readonly From[],
): Promise<AsyncDisposable> => {
  const stack = new AsyncDisposableStack();
  for (const { reference, image } of froms) {
    const [name, before] = [nameOf(reference), await engine.inspectImage(reference)];
    if (name === undefined || before?.Id === image.Id) continue;
    await engine.tagImage(image.Id, name.repository, name.tag);
    if (before) stack.defer(() => engine.tagImage(before.Id, name.repository, name.tag));
  }
  return stack;
};
