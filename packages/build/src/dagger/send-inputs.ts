import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { File, Secret } from "@dagger.io/dagger";
import type { ChainWork } from "../chain/chain-builder.ts";
import { trustInput } from "../chain/extra-trust.ts";
import type { LayerGroup } from "../chain/layer-groups.ts";
import { packFiles } from "../chain/packed-files.ts";
import { placeOfGroup } from "../chain/place-of-group.ts";
import { studentsFolders, tarEntriesOf } from "../chain/step-files.ts";
import { orEngineFull, temporaryPlace, withRoom } from "../disk-full.ts";
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
      const doing = `Step "${step}"${placeOfGroup(request, step, group)}`;
      const students = {
        uid: ground.student.uid,
        gid: ground.student.gid,
        folders: studentsFolders(group.files, ground.student.home, request.workshop.workdir),
      };
      await withRoom(() => packFiles(pack, tarEntriesOf(group.files, ground.student, request), students), {
        doing: () => doing,
        ...temporaryPlace(),
      });
      const id = await client
        .host()
        .file(pack)
        .id()
        .catch((error: unknown) => {
          throw orEngineFull(engineError(error), doing);
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
 * may have others. Authorities are a file, since they are no secret: an engine looks for every line of a secret in
 * all that a command says, and a bundle has thousands. Proxies whose addresses hold a password come into no
 * session that is kept.
 */
export const sendNetwork = async (
  { trust, proxies, scratch }: ChainWork,
  { client, known, remember }: DaggerSession,
): Promise<{ readonly trust: File | undefined; readonly proxies: Readonly<Record<string, Secret>> }> => {
  const once = async <T extends File | Secret>(name: string, send: () => Promise<string>): Promise<T> => {
    const id = known.get(name) ?? (await send());
    remember({ [name]: id });
    return byId<T>(id);
  };
  const sendTrust = (pem: Uint8Array): Promise<File> =>
    once(`atelier-extra-ca-${nameOf(pem)}`, async () => {
      const file = join(scratch, "extra-ca");
      await writeFile(file, trustInput(pem));
      return client.host().file(file).id();
    });
  const names = Object.entries(proxies).map(async ([variable, value]) => {
    const name = `atelier-proxy-${hasPassword(value) ? variable : `${variable}-${nameOf(value)}`}`;
    return [variable, await once<Secret>(name, () => client.setSecret(name, value).id())] as const;
  });
  const [bundle, ...secrets] = await Promise.all([trust && sendTrust(trust), ...names]);
  return { trust: bundle, proxies: Object.fromEntries(secrets) };
};

export const hasPassword = (proxy: string): boolean => proxy.includes("@");
