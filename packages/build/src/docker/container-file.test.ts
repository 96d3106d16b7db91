import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { test } from "node:test";
import type { Engine } from "@atelier/backend-docker";
import { readTar } from "@atelier/node-kit";
import { sourceTreeOf } from "@atelier/testkit";
import { buildContainerFile, type ContainerFileOptions, hintOf, referencesIn, registriesIn } from "./container-file.ts";
import { emptyImageCache } from "./image-cache.ts";

test("the images below a container file are found, its own stages are not", () => {
  const text = `# FROM commented:1
ARG VERSION=1
FROM --platform=linux/amd64 golang:1.22 AS Build
RUN echo FROM inside:1
FROM localhost:5000/tools@sha256:${"0".repeat(64)} as tools
from \\
  debian:12
FROM build
FROM scratch
FROM app:\${VERSION}
COPY --from=build /x /x
`;
  assert.deepEqual(referencesIn(text), ["golang:1.22", `localhost:5000/tools@sha256:${"0".repeat(64)}`, "debian:12"]);
});

test("a container file without FROM stands on nothing", () => assert.deepEqual(referencesIn(""), []));

test("a download that failed for an authority names what a container file has to bring, where there is one", () => {
  const failed = ["curl: (60) SSL certificate problem: self-signed certificate in certificate chain"];
  assert.match(hintOf(failed, true), /COPY it to \/usr\/local\/share\/ca-certificates/);
  for (const hint of [hintOf(failed, false), hintOf(["make: *** [all] Error 2"], true)])
    assert.match(hint, /^Mend the container file/);
});

test("what lies beside a container file is its context: links as links, what can be executed as that, nothing else", async () => {
  const tree = sourceTreeOf({
    "base/Containerfile": "FROM scratch\nCOPY . /\n",
    "base/bin/tool": { text: "#!/bin/sh\n", executable: true },
    "base/bin/alias": { link: "tool", resolved: "base/bin/tool" },
    "base/current": { link: "bin", resolved: "base/bin" },
    "steps/one/content.md": "# One\n",
  });
  const seen: unknown[] = [];
  const engine = {
    buildImage: async (tar: Readable) => {
      for await (const entry of readTar(tar)) {
        const { name, type, mode, linkname } = entry.header;
        seen.push([name, type, mode?.toString(8), linkname ?? ""]);
        entry.resume();
      }
    },
    inspectImage: async () => ({ Id: "sha256:made" }),
  } as unknown as Engine;
  const cache = emptyImageCache();
  const id = await buildContainerFile({
    ...{
      engine,
      cache,
      tree,
      folder: "/nowhere",
      file: "base/Containerfile",
      tag: "t",
      hasExtraTrust: false,
      proxies: {},
    },
    ...{ platform: "linux/amd64", native: "linux/amd64", signal: AbortSignal.timeout(30_000), onLine: () => undefined },
    loginFor: async () => undefined,
  } as unknown as ContainerFileOptions);
  assert.equal(id, "sha256:made");
  assert.deepEqual(seen, [
    ["Containerfile", "file", "644", ""],
    ["bin", "directory", "755", ""],
    ["bin/alias", "symlink", "777", "tool"],
    ["bin/tool", "file", "755", ""],
    ["current", "symlink", "777", "bin"],
  ]);
});

test("the engine's builder is shown the logins of the registries that a container file names, and no others", async () => {
  const text = `FROM registry.test:5000/tools:1 AS tools
FROM other.test/app:\${VERSION}
FROM \${REGISTRY}/app
COPY --chown=1:1 --from=copied.test/a/b /x /x
COPY --from=tools /y /y
COPY --from=0 /z /z
RUN --mount=type=bind,from=mounted.test/m,target=/m true
FROM debian:12
`;
  assert.deepEqual(registriesIn(text), [
    "registry.test:5000",
    "other.test",
    "docker.io",
    "copied.test",
    "mounted.test",
  ]);
  const logins: unknown[] = [];
  const engine = {
    buildImage: async (tar: Readable, options: { readonly logins: unknown }) => {
      tar.resume();
      logins.push(options.logins);
    },
    inspectImage: async (reference: string) => ({ Id: reference, Os: "linux", Architecture: "amd64" }),
  } as unknown as Engine;
  const all = ["registry.test:5000", "unnamed.test"];
  await buildContainerFile({
    ...{ engine, cache: emptyImageCache(), folder: "/nowhere", file: "Containerfile", tag: "t", proxies: {} },
    ...{
      tree: sourceTreeOf({ Containerfile: text }),
      platform: "linux/amd64",
      native: "linux/amd64",
      onLine: () => undefined,
    },
    ...{ native: "linux/amd64", memory: { imageOf: () => undefined, noteImage: () => undefined } },
    loginFor: async (registry: string) =>
      all.includes(registry) ? { serveraddress: registry, username: "ann", password: "secret" } : undefined,
    signal: AbortSignal.timeout(30_000),
  } as unknown as ContainerFileOptions);
  assert.deepEqual(logins, [[{ serveraddress: "registry.test:5000", username: "ann", password: "secret" }]]);
});

test("two platforms build a container file once each, on their own base, and the author's tag stays where it was", async () => {
  const ids = new Map([["app:1", "app-amd64"]]);
  const architecture = (id: string): string => id.slice(id.indexOf("-") + 1);
  const builds: string[] = [];
  const engine = {
    inspectImage: async (name: string) => {
      const id = ids.get(name) ?? ids.get(`${name}:latest`) ?? (name === "app-arm64" ? name : undefined);
      return id && { Id: id, Os: "linux", Architecture: architecture(id) };
    },
    tagImage: async (id: string, repository: string, tag: string) => void ids.set(`${repository}:${tag}`, id),
    pullImage: async (name: string) => void ids.set(name, "app-arm64"),
    buildImage: async (tar: Readable, { tag, platform }: { readonly tag: string; readonly platform: string }) => {
      tar.resume();
      builds.push(`${tag} on ${ids.get("app:1")}`);
      ids.set(`${tag}:latest`, `made-${platform.slice(6)}`);
    },
  } as unknown as Engine;
  const [made, remembered] = [emptyImageCache(), new Map<string, string>()];
  const tagsOf = (id: string): string[] => [...ids].flatMap(([name, there]) => (there === id ? [name] : []));
  const find = async (digest: string) => {
    const image = await made.find(digest);
    return image && { ...image, tags: tagsOf(image.id) };
  };
  const cache = { ...made, find };
  const memory = {
    imageOf: (key: string) => remembered.get(key),
    noteImage: (key: string, id: string) => remembered.set(key, id),
    refusedAt: () => undefined,
  };
  for (const _build of [1, 2]) {
    // A name that went to something else comes back without a build.
    ids.delete("lab-amd64:latest");
    for (const platform of ["linux/amd64", "linux/arm64"])
      await buildContainerFile({
        ...{
          engine,
          cache,
          memory,
          folder: "/nowhere",
          file: "Containerfile",
          tag: `lab-${platform.slice(6)}`,
          proxies: {},
        },
        ...{ tree: sourceTreeOf({ Containerfile: "FROM app:1\n" }), platform, native: "linux/amd64", now: () => 0 },
        ...{ loginFor: async () => undefined, onLine: () => undefined, signal: AbortSignal.timeout(30_000) },
      } as unknown as ContainerFileOptions);
  }
  assert.deepEqual(builds, ["lab-amd64 on app-amd64", "lab-arm64 on app-arm64"]);
  assert.deepEqual(Object.fromEntries(ids), {
    ...{ "app:1": "app-amd64", "lab-amd64:latest": "made-amd64", "lab-arm64:latest": "made-arm64" },
  });
});
