import { demultiplex, type Engine } from "@atelier/backend-docker";
import { platformPaths } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import { commandFailed, tailLines } from "../chain/command-failed.ts";
import { commandLine, environmentOf } from "../chain/command-line.ts";
import { trustEnvironment, trustInput, trustScript } from "../chain/extra-trust.ts";
import type { CommandIdentity } from "../chain/identity.ts";
import type { CommandLayer } from "../chain/layer-groups.ts";
import { plainLines } from "../chain/plain-lines.ts";

/**
 * Reads environment up to an empty line. What comes over stdin, unlike a container's own environment, gets
 * into no image.
 */
const readEnvironment = 'while IFS= read -r line && [ -n "$line" ]; do export "$line"; done';
/** Nothing runs before all of stdin is in place. */
const becomeCommand = 'exec "$@" </dev/null';

/** In memory, as every container has it. */
const secretsFolder = "/dev/shm/atelier-secrets";
/**
 * Shows secrets where commands know them, by links that go again: something mounted there would leave its empty
 * folder in the layer.
 */
const runWithSecrets = [
  "mkdir -p /run",
  `if [ -d /run/secrets ]; then ln -s ${secretsFolder}/* /run/secrets/; else ln -s ${secretsFolder} /run/secrets; fi`,
  '"$@" </dev/null',
  "code=$?",
  `if [ -L /run/secrets ]; then rm /run/secrets; else (cd ${secretsFolder} && for name in *; do rm "/run/secrets/$name"; done); fi`,
  "exit $code",
].join("; ");

/** How a container is created whose one process is the command. */
export const containerFor = (
  command: CommandLayer,
  { identity, trust }: { readonly identity: CommandIdentity; readonly trust: Uint8Array | undefined },
): Readonly<Record<string, unknown>> => ({
  Entrypoint: [
    platformPaths.tini,
    "--",
    "/bin/sh",
    "-c",
    // Last of what is read: busybox's head takes more from a pipe than it passes on. A group, so that its mask
    // is its own.
    [
      readEnvironment,
      ...(trust ? [`(${trustScript})`] : []),
      command.secrets.length > 0 ? runWithSecrets : becomeCommand,
    ].join("; "),
    "atelier",
    ...commandLine(command, identity),
  ],
  Cmd: [],
  OpenStdin: true,
  StdinOnce: true,
  User: "0:0",
  WorkingDir: "/",
  // We read what it says as it says it; the engine need not write that down as well.
  HostConfig: { LogConfig: { Type: "none" } },
});

export interface RunCommandOptions {
  readonly engine: Engine;
  /** Created as {@link containerFor} says, not started. */
  readonly container: string;
  readonly step: string;
  readonly command: CommandLayer;
  readonly identity: CommandIdentity;
  readonly secrets: Readonly<Record<string, Uint8Array>>;
  readonly proxies: Readonly<Record<string, string>>;
  readonly trust: Uint8Array | undefined;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Runs an author's command to its end. Throws `AppError` `command-failed`, and `secret-not-placed` before it runs. */
export const runCommand = async (options: RunCommandOptions): Promise<void> => {
  const { engine, container, step, command, identity, onLine, signal } = options;
  // Before the start, so that no output is missed.
  const streams = await engine.attach(container, signal);
  const tail: string[] = [];
  const output = plainLines((line) => {
    onLine(line);
    tail.push(line);
    if (tail.length > tailLines) tail.shift();
  });
  try {
    await engine.startContainer(container, signal);
    for (const [name, value] of Object.entries(options.secrets)) await putSecret(options, name, value);
    const environment = {
      ...options.proxies,
      ...(options.trust ? trustEnvironment : {}),
      ...environmentOf(identity),
    };
    streams.write(
      `${Object.entries(environment)
        .map(([name, value]) => `${name}=${value}\n`)
        .join("")}\n`,
    );
    if (options.trust) streams.write(trustInput(options.trust));
    for await (const { data } of demultiplex(streams)) output.take(data);
    output.end();
  } finally {
    streams.destroy();
  }
  const exitCode = await engine.waitContainer(container, signal);
  if (exitCode !== 0) throw commandFailed({ step, command, exitCode, tail, identity, engine: "docker" });
};

const putSecret = async (
  { engine, container, step, identity, signal }: RunCommandOptions,
  name: string,
  value: Uint8Array,
): Promise<void> => {
  const { exitCode, stderr } = await engine.exec(container, {
    argv: [
      "/bin/sh",
      "-c",
      `mkdir -p ${secretsFolder} && chmod 755 ${secretsFolder} && umask 077 && cat > "$1" && chown "$2" "$1"`,
      "secret",
      `${secretsFolder}/${name}`,
      `${identity.uid}:${identity.gid}`,
    ],
    input: Buffer.from(value),
    signal,
  });
  if (exitCode !== 0)
    throw new AppError(
      "secret-not-placed",
      `Step "${step}": the secret "${name}" could not be put in place: ${stderr.trim() || `exit code ${exitCode}`}`,
      { hint: "The base needs cat and chown, and the engine's memory room for the secret." },
    );
};
