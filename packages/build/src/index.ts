export { openBundle, type OpenedBundle } from "./bundle/open-bundle.ts";
export { writeBundle } from "./bundle/write-bundle.ts";
export { readAptSources } from "./base/make-debian-base.ts";
export * from "./builder.ts";
export { isAlive, removeLeftovers } from "./docker/build-labels.ts";
export { removeDeadDrafts } from "./drafts/process-drafts.ts";
export { type ChooseBuilderOptions, chooseBuilder } from "./choose-builder.ts";
export { aboutKeeper, endKeeper } from "./dagger/session/kept-session.ts";
export { runningBuilds } from "./memory/running-builds.ts";
export { type BlobStore, openLayout, readManifest } from "./oci/blob-store.ts";
export { type LayoutImage, writeLayout } from "./oci/write-layout.ts";
export { readCredentials, readLogin } from "./registry/credentials.ts";
export {
  type ImageRepository,
  nameInEngine,
  parseRepository,
  registryIn,
  registryOf,
  textOfRepository,
} from "./registry/image-repository.ts";
export { type PushEvent, type PushImage, pushImages } from "./registry/push-images.ts";
export { openRegistry } from "./registry/registry-client.ts";
export { digestFileOf, ensureAppBundle } from "./platform/app-bundle.ts";
export { onlyEnglish } from "./platform/only-english.ts";
export { smallDagger } from "./platform/small-dagger.ts";
export { smallHttp } from "./platform/small-http.ts";
export {
  isPlatform,
  type Platform,
  platformNames,
  platformOf,
  platformVersions,
} from "./platform/platform-versions.ts";
