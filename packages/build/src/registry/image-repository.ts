import { AppError } from "@atelier/domain";

/** A repository at a registry, such as `registry.example:5000` and `team/linux`. */
export interface ImageRepository {
  /** Host with port, as it stands in references and in the docker CLI's configuration. */
  readonly registry: string;
  readonly name: string;
  /** Host with port that is asked: the same, but for Docker Hub, whose name is not where its registry is. */
  readonly host: string;
  /** `http` only for this machine itself, as the Docker engine has it. */
  readonly scheme: "http" | "https";
}

const namePattern = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;

/** Reads `<registry>/<name>`. Throws `AppError` `bad-repository`. */
export const parseRepository = (text: string): ImageRepository => {
  const slash = text.indexOf("/");
  const [registry, name] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)];
  if (slash < 0 || !isHost(registry) || !URL.canParse(`https://${registry}`) || !namePattern.test(name))
    throw new AppError("bad-repository", `"${text}" names no repository at a registry.`, {
      hint: "Write <registry>/<name> in lower case and without a tag, such as registry.example.org/team/linux-basics.",
    });
  if (isDockerHub(registry))
    // As Docker has it: what is nobody's is the library's.
    return {
      registry: "docker.io",
      host: hubHost,
      name: name.includes("/") ? name : `library/${name}`,
      scheme: "https",
    };
  return {
    registry,
    host: registry,
    name,
    scheme: isThisMachine(new URL(`https://${registry}`).hostname) ? "http" : "https",
  };
};

/** Only a first part with a dot, a port or "localhost" is a host: Docker reads references the same way. */
const isHost = (first: string): boolean => first === "localhost" || /[.:]/.test(first);

/** Host of the registry that a reference to an image names; undefined where it names none. */
export const registryIn = (reference: string): string | undefined => {
  const [first = "", ...rest] = reference.split("/");
  return rest.length > 0 && isHost(first) ? first : undefined;
};

/** Host of the registry that a reference leads to: Docker Hub's where it names none. */
export const registryOf = (reference: string): string => registryIn(reference) ?? "docker.io";

/** Repository and tag of a reference; undefined for one that names a digest, which no image can be given. */
export const nameOf = (reference: string): { readonly repository: string; readonly tag: string } | undefined => {
  if (reference.includes("@")) return undefined;
  const [, repository = reference, tag = "latest"] = /^(.+?)(?::([^:/]+))?$/.exec(reference) ?? [];
  return { repository, tag };
};

const hubHost = "registry-1.docker.io";

/** Docker Hub by any of the names it goes by. */
export const isDockerHub = (registry: string): boolean => ["docker.io", "index.docker.io", hubHost].includes(registry);

/** A host name of a URL that leads to this machine and no network. */
export const isThisMachine = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);

export const textOfRepository = ({ registry, name }: ImageRepository): string => `${registry}/${name}`;

/** Under which an engine lists images of a repository: Docker Hub's without their registry. */
export const nameInEngine = (repository: string): string => {
  const [registry = "", ...rest] = repository.split("/");
  return rest.length > 0 && isDockerHub(registry) ? rest.join("/").replace(/^library\//, "") : repository;
};
