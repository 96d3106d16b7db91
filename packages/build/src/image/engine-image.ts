import type { Engine, ImageInspect } from "@atelier/backend-docker";

/** The part of an image's configuration that a container is made from, in the engine's own words. */
export interface ContainerConfig {
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly [key: string]: unknown;
}

/** An image of the engine's, with what is needed to make another on top of it. */
export interface EngineImage {
  readonly id: string;
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly created: string;
  readonly config: ContainerConfig;
  /** Layer diff ids, bottom first. */
  readonly layers: readonly string[];
}

/**
 * What the OCI image configuration knows, and what Docker adds to it. Runtime settings are left out, and three
 * things that a base says of other uses than ours. `Volumes`: what steps put below one would be in no layer.
 * `Healthcheck`: it asks for a program of the base's, and ours start Atelier's server instead. `OnBuild`: it is
 * for whoever builds on the base with a container file; `base.containerFile` has run it by then.
 */
const keptKeys = [
  "User",
  "ExposedPorts",
  "Env",
  "Entrypoint",
  "Cmd",
  "WorkingDir",
  "Labels",
  "StopSignal",
  "Shell",
] as const;

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** A configuration with known keys in one order and nothing that says nothing: the same one is the same bytes. */
export const tidyConfig = (config: Readonly<Record<string, unknown>>): ContainerConfig =>
  Object.fromEntries(
    keptKeys.flatMap((key) => {
      const value = config[key];
      if (isEmpty(value)) return [];
      const isMap = typeof value === "object" && !Array.isArray(value);
      return [
        [key, isMap ? Object.fromEntries(Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1))) : value],
      ];
    }),
  );

export const imageOf = (inspected: ImageInspect): EngineImage => ({
  id: inspected.Id,
  os: inspected.Os,
  architecture: inspected.Architecture,
  ...(inspected.Variant ? { variant: inspected.Variant } : {}),
  created: inspected.Created ?? new Date(0).toISOString(),
  config: tidyConfig(inspected.Config ?? {}),
  layers: inspected.RootFS?.Layers ?? [],
});

/** Throws when the image is gone: it was there a moment ago, so somebody removes images during a build. */
export const readImage = async (engine: Pick<Engine, "inspectImage">, id: string): Promise<EngineImage> => {
  const inspected = await engine.inspectImage(id);
  if (inspected === undefined) throw new Error(`The image ${id} was removed during the build.`);
  return imageOf(inspected);
};

/** `A=1` lines with others on top: a name keeps its place, its last value counts. */
export const mergeEnv = (below: readonly string[], above: Readonly<Record<string, string>>): readonly string[] => {
  const merged = new Map(below.map((line) => [line.split("=", 1)[0] ?? "", line]));
  for (const [name, value] of Object.entries(above)) merged.set(name, `${name}=${value}`);
  return [...merged.values()];
};
