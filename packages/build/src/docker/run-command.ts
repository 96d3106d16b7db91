import type { Engine } from "@atelier/backend-docker";
import { platformPaths } from "@atelier/contract";
import { AppError, type BuildCommand, type SourceLocation } from "@atelier/domain";
import type { CommandFailure } from "../builder.ts";
import { plainLines } from "./plain-lines.ts";

export interface CommandIdentity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly name: string;
  readonly home: string;
}

export interface RunCommandOptions {
  readonly engine: Engine;
  readonly container: string;
  readonly step: string;
  readonly command: Pick<BuildCommand, "run" | "cwd"> & { readonly at?: SourceLocation };
  readonly identity: CommandIdentity;
  readonly secrets: Readonly<Record<string, Uint8Array>>;
  /** Given to the process alone: unlike a container's, its environment gets into no image. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Created like this, a container waits for commands without a process of the base's. */
export const waitingContainer = {
  Entrypoint: [platformPaths.tini, "--", "/bin/sh", "-c", "read _"],
  Cmd: [],
  OpenStdin: true,
  User: "0:0",
} as const;

/**
 * Runs one author command in a started build container. `set -e` holds for several lines: a failure in
 * the middle must not hide. Throws `AppError` `command-failed` with a {@link CommandFailure} as cause.
 */
export const runCommand = async (options: RunCommandOptions): Promise<void> => {
  const { engine, container, step, command, identity, secrets, onLine, signal } = options;
  for (const [name, value] of Object.entries(secrets)) {
    const path = `/run/secrets/${name}`;
    await engine.exec(container, {
      argv: [
        "/bin/sh",
        "-c",
        'umask 077; cat > "$1"; chown "$2" "$1"',
        "secret",
        path,
        `${identity.uid}:${identity.gid}`,
      ],
      input: Buffer.from(value),
      signal,
    });
  }
  const tail: string[] = [];
  const output = plainLines((line) => {
    onLine(line);
    tail.push(line);
    if (tail.length > 25) tail.shift();
  });
  const { exitCode } = await engine.exec(container, {
    argv: [
      platformPaths.setpriv,
      `--reuid=${identity.uid}`,
      `--regid=${identity.gid}`,
      identity.groups.length > 0 ? `--groups=${identity.groups.join(",")}` : "--clear-groups",
      "--",
      "/bin/sh",
      "-c",
      // One stream: two would arrive in an order of their own, and an error belongs behind what led to it.
      'cd "$1" || exit 125; exec /bin/sh -ec "$2" 2>&1',
      "atelier",
      command.cwd,
      command.run,
    ],
    env: [
      `HOME=${identity.home}`,
      `USER=${identity.name}`,
      `LOGNAME=${identity.name}`,
      "DEBIAN_FRONTEND=noninteractive",
      ...Object.entries(options.proxies).map(([name, value]) => `${name}=${value}`),
    ],
    onOutput: (_stream, data) => output.take(data),
    signal,
  });
  output.end();
  if (exitCode === 0) return;
  const failure: CommandFailure = {
    step,
    run: command.run,
    exitCode,
    tail: tail.join("\n"),
    ...(command.at ? { at: command.at } : {}),
  };
  const place = command.at ? ` (${command.at.file}:${command.at.line})` : "";
  throw new AppError(
    "command-failed",
    `Step "${step}": a command ended with exit code ${exitCode}${place}:\n  ${command.run.trim().replaceAll("\n", "\n  ")}\n${tail.map((line) => `  | ${line}`).join("\n")}`,
    {
      hint:
        exitCode === 125
          ? `Its folder ${command.cwd} could not be entered as ${identity.name}; create it in an earlier command or with files[].`
          : "Mend the command and build again; everything before it is cached.",
      cause: failure,
    },
  );
};
