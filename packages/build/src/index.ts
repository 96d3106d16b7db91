export { readAptSources } from "./base/make-debian-base.ts";
export * from "./builder.ts";
export { removeLeftovers } from "./docker/build-labels.ts";
export { createDockerBuilder, type DockerBuilderOptions } from "./docker/docker-builder.ts";
export { ensureAppBundle } from "./platform/app-bundle.ts";
export { type Platform, platformOf, platformVersions } from "./platform/platform-versions.ts";
