import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

/**
 * Takes the API alone of Dagger's SDK into a bundle: the whole of it brings a compiler, telemetry and a downloader
 * of engines, a quarter of a second of every build that loads it. Queries go over a connection of our own, so of
 * its client for GraphQL only two names are left. For bundles of esbuild.
 */
export const smallDagger: Plugin = {
  name: "small-dagger",
  setup: ({ onResolve, onLoad }) => {
    const sdk = dirname(fileURLToPath(import.meta.resolve("@dagger.io/dagger")));
    onResolve({ filter: /^@dagger\.io\/dagger$/ }, ({ path }) => ({ path, namespace: "small-dagger" }));
    onResolve({ filter: /^graphql-request$/ }, ({ path, importer }) =>
      importer.startsWith(sdk) ? { path, namespace: "small-dagger" } : undefined,
    );
    onLoad({ filter: /^@dagger/, namespace: "small-dagger" }, () => ({
      contents: [
        'export { Client, Container } from "./api/client.gen.js";',
        'export { Context } from "./common/context.js";',
      ].join("\n"),
      resolveDir: sdk,
    }));
    onLoad({ filter: /^graphql/, namespace: "small-dagger" }, () => ({
      contents: "export class ClientError extends Error {}\nexport const gql = String.raw;",
    }));
  },
};
