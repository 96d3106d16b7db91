import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { File, Secret } from "@dagger.io/dagger";
import type { ChainWork } from "../chain/chain-builder.ts";
import { trustInput } from "../chain/extra-trust.ts";
import type { LayerGroup } from "../chain/layer-groups.ts";
import { packFiles } from "../chain/packed-files.ts";
import { placeOfGroup } from "../chain/place-of-group.ts";
import { studentsFolders, tarEntriesOf } from "../chain/step-files.ts";
import { orEngineFull } from "../disk-full.ts";
import type { DaggerSession } from "./dagger-session.ts";
import { byId, engineError } from "./session/sdk-client.ts";

/**
 * Gives Dagger the files of every group, and answers by what it knows them. All at once: the SDK would ask for
 * one after the other, each in a request of its own.
 */
export const sendPacks = async (
  { request, ground, scratch }: ChainWork,
  { client }: DaggerSession,
  groups: readonly { readonly step: string; readonly group: LayerGroup }[],
): Promise<ReadonlyMap<LayerGroup, File>> => {
  // A place of this build's alone: a session looks at a path once.
  const folder = join(scratch, "packs");
  await mkdir(folder, { recursive: true });
  const sent = groups
    .filter(({ group: { files } }) => files.length > 0)
    .map(async ({ step, group }, index) => {
      const pack = join(folder, String(index));
      await packFiles(pack, tarEntriesOf(group.files, ground.student, request), {
        uid: ground.student.uid,
        gid: ground.student.gid,
        folders: studentsFolders(group.files, ground.student.home, request.workshop.workdir),
      });
      const id = await client
        .host()
        .file(pack)
        .id()
        .catch((error: unknown) => {
          throw orEngineFull(engineError(error), `Step "${step}"${placeOfGroup(request, step, group)}`);
        });
      return [group, byId<File>(id)] as const;
    });
  return new Map(await Promise.all(sent));
};

/** A short name for what something says. */
export const nameOf = (text: string | Uint8Array): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);

/**
 * Authorities and proxies, which must be in no image. Named by what they say: another build in the same session
 * may have others. Proxies whose addresses hold a password come into no session that is kept.
 */
export const sendNetwork = async (
  { trust, proxies }: ChainWork,
  { client, known, remember }: DaggerSession,
): Promise<{ readonly trust: Secret | undefined; readonly proxies: Readonly<Record<string, Secret>> }> => {
  const send = async (name: string, text: string): Promise<Secret> => {
    const id = known.get(name) ?? (await client.setSecret(name, text).id());
    remember({ [name]: id });
    return byId<Secret>(id);
  };
  const names = Object.entries(proxies).map(async ([variable, value]) => {
    const name = hasPassword(value) ? variable : `${variable}-${nameOf(value)}`;
    return [variable, await send(`atelier-proxy-${name}`, value)] as const;
  });
  const [bundle, ...secrets] = await Promise.all([
    trust && send(`atelier-extra-ca-${nameOf(trust)}`, trustInput(trust).toString("utf8")),
    ...names,
  ]);
  return { trust: bundle, proxies: Object.fromEntries(secrets) };
};

export const hasPassword = (proxy: string): boolean => proxy.includes("@");
