import { randomBytes } from "node:crypto";
import type { Client, Container, File, Secret } from "@dagger.io/dagger";
import { platformPaths } from "@atelier/contract";
import { z } from "zod";
import type { ChainWork } from "../chain/chain-builder.ts";
import { commandFailed, tailLines } from "../chain/command-failed.ts";
import { commandLine, environmentOf } from "../chain/command-line.ts";
import { trustEnvironment, trustScript } from "../chain/extra-trust.ts";
import { type CommandIdentity, rootIdentity } from "../chain/identity.ts";
import type { LayerGroup } from "../chain/layer-groups.ts";
import { plainLines } from "../chain/plain-lines.ts";
import { placeOfGroup } from "../chain/place-of-group.ts";
import { isFullDisk, orEngineFull } from "../disk-full.ts";
import type { DaggerSession } from "./dagger-session.ts";
import { secretsFor } from "./mounted-secrets.ts";
import { lacksManifest, manifestField, manifestSchema } from "./layers-one-by-one.ts";
import { QueryFailed } from "./session/query-session.ts";
import { engineError } from "./session/sdk-client.ts";

const identityOf = ({ command }: LayerGroup, work: ChainWork): CommandIdentity =>
  command?.user === "student" ? work.ground.student : rootIdentity;

/** Puts the files, then becomes the command; its user's variables come as arguments and stay out of the image. */
const script =
  'if [ -n "$1" ]; then "$2" "$3" "$1" || exit; fi; shift 3; while [ "$1" != -- ]; do export "$1"; shift; done; shift; exec "$@"';

const saidSchema = manifestSchema.partial().extend({ stdout: z.string() });

const packPath = "/opt/atelier/.files";
const trustPath = "/opt/atelier/.extra-ca";

export interface GroupInputs {
  /** Its files, when it has any. */
  readonly pack: File | undefined;
  readonly trust: File | undefined;
  readonly proxies: Readonly<Record<string, Secret>>;
  /** Makes the execution another one than any before. */
  readonly salt: string;
}

/** A container after a group's files and command, as a recipe: nothing runs yet. */
export const withGroup = (
  work: ChainWork,
  { client, container, group }: { client: Client; container: Container; group: LayerGroup },
  { pack, trust, proxies, salt }: GroupInputs,
): Container => {
  const { request } = work;
  const { command } = group;
  const identity = identityOf(group, work);
  let made = container;
  for (const [key, value] of Object.entries(group.env)) made = made.withEnvVariable(key, value);
  if (pack) made = made.withMountedFile(packPath, pack);
  for (const [variable, secret] of Object.entries(proxies)) made = made.withSecretVariable(variable, secret);
  if (trust) made = made.withMountedFile(trustPath, trust);
  const secrets = secretsFor(command?.secrets ?? [], request.secrets, identity);
  made = secrets.mount(client, made);
  const argv = [
    // In the place of Dagger's own init, which takes 45 ms of every execution to start; as in the other builder.
    platformPaths.tini,
    "--",
    "/bin/sh",
    "-c",
    [...(trust ? [`(${trustScript}) < ${trustPath}`] : []), ...secrets.script, script].join("; "),
    `atelier${salt}`,
    pack ? packPath : "",
    platformPaths.node,
    `${platformPaths.root}/server/place-files.mjs`,
    ...Object.entries({ ...(trust ? trustEnvironment : {}), ...environmentOf(identity) }).map(
      ([key, value]) => `${key}=${value}`,
    ),
    "--",
    ...(command ? commandLine(command, identity) : ["/bin/sh", "-c", ":"]),
  ];
  made = made.withExec(argv, { noInit: true });
  // The next command sees neither mounts nor secrets of this one.
  if (pack) made = made.withoutMount(packPath);
  if (trust) made = made.withoutMount(trustPath);
  for (const variable of Object.keys(proxies)) made = made.withoutSecretVariable(variable);
  for (const path of secrets.paths) made = made.withoutMount(path);
  return made;
};

export interface MadeGroup {
  readonly container: Container;
  /** Of the container's image, when it was asked for and the engine has one to give. */
  readonly manifest: string | undefined;
}

/**
 * Has the engine run it, and passes on what it said; with the manifest of what came out, all in one question.
 * Throws `AppError` `command-failed`, and `engine-disk-full` with the line that was being made.
 */
export const runGroup = async (
  work: ChainWork,
  session: Pick<DaggerSession, "client" | "containerOf" | "fieldsOf">,
  { container, group, step, isLast }: { container: Container; group: LayerGroup; step: string; isLast: boolean },
): Promise<MadeGroup> => {
  const { onProgress } = work.request;
  const lines: string[] = [];
  const output = plainLines((line) => {
    onProgress({ kind: "output", step, line });
    lines.push(line);
  });
  const take = (text: string): void => {
    output.take(Buffer.from(text));
    output.end();
  };
  try {
    const id = await container.id();
    const { stdout, manifest } = saidSchema.parse(
      await session
        .fieldsOf(id, isLast ? `stdout ${manifestField}` : "stdout")
        .catch((error: unknown) => (lacksManifest(error) ? session.fieldsOf(id, "stdout") : Promise.reject(error))),
    );
    take(stdout);
    return { container: session.containerOf(id), manifest: manifest?.contents };
  } catch (thrown) {
    const error = engineError(thrown);
    if (!(error instanceof QueryFailed)) throw error;
    const doing = `Step "${step}"${placeOfGroup(work.request, step, group)}`;
    const { exitCode = -1, stdout, stderr } = error;
    // Without a code, or with none that a command can have, the engine could not even write down how it ended.
    if (exitCode < 0) {
      const refusal = isFullDisk(error) ? undefined : await refusalOfRoom(session);
      if (refusal !== undefined) throw orEngineFull(new Error(`${bare(error)}; ${refusal}`, { cause: error }), doing);
    }
    const code = exitCode < 0 ? codeIn(error) : exitCode;
    if (code === undefined || group.command === undefined) throw orEngineFull(error, doing);
    take(`${stdout}${stderr}`);
    if (exitCode < 0) lines.push("(The engine kept nothing more of what it said.)");
    throw commandFailed({
      step,
      command: group.command,
      exitCode: code,
      tail: lines.slice(-tailLines),
      identity: identityOf(group, work),
      engine: "dagger",
    });
  }
};

/** What an engine says of a failure, without its own reference. */
const bare = ({ message }: QueryFailed): string => message.replace(/ \[traceparent:[^\]]*\]$/, "");

/** The exit code of a command of which the engine knows nothing else. */
const codeIn = (error: QueryFailed): number | undefined => {
  const [, code] = /^exit code: (-?\d+)$/.exec(bare(error)) ?? [];
  return code === undefined ? undefined : Number(code);
};

/** More than an engine has left that could not write down an exit code, which is a few bytes in a new folder. */
const probeBytes = 256 * 1024;

/** What the engine says of a full disk when it is given something to keep; undefined when it keeps it. */
const refusalOfRoom = ({ client }: Pick<DaggerSession, "client">): Promise<string | undefined> =>
  client
    .directory()
    .withNewFile("room", randomBytes(probeBytes).toString("base64"))
    .sync()
    .then(
      () => undefined,
      (thrown: unknown) => {
        const error = engineError(thrown);
        return error instanceof QueryFailed && isFullDisk(error) ? error.message : undefined;
      },
    );
