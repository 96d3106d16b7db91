import { spawn } from "node:child_process";
import { access, mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { setTimeout as sleep } from "node:timers/promises";
import type { CompiledStep } from "@atelier/domain";
import { runProcess } from "../checks/run-process.ts";
import { asIdentity, type Identity } from "../identity/identity.ts";
import { preferAsVictim } from "../limits/prefer-as-victim.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";
import { openStartLog } from "./start-log.ts";

export type StartCommand = CompiledStep["onStart"][number];

export interface StartOptions {
  readonly commands: readonly StartCommand[];
  readonly student: Identity;
  readonly workdir: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where the output of background processes goes, without the secrets; one file each, of a mebibyte at most. */
  readonly logFolder: string;
  /** Told before each command, with the milliseconds it has; after the last one, without. */
  readonly onProgress: (
    progress: { readonly done: number; readonly of: number; readonly label: string },
    timeoutMs?: number,
  ) => void;
  /** Are not told with a failure: the commands have them in their environment. */
  readonly secrets: KnownSecrets;
  readonly signal: AbortSignal;
  readonly asIdentity?: typeof asIdentity;
}

/** Which command failed, and what it said. */
export interface StartFailure {
  readonly cause: string;
  readonly output: string;
}

const root: Identity = { name: "root", uid: 0, gid: 0, groups: [], home: "/root" };

/**
 * Runs `onStart` commands in order, each as its user in the workdir. One that stays (`background`) is
 * started and left alone; where `ready` says so, the next waits for it. The first failure ends the row.
 * @returns undefined when all went well
 */
export const runStartCommands = async (options: StartOptions): Promise<StartFailure | undefined> => {
  const { commands, signal } = options;
  // On a full disk what runs is without a log, and the student has a terminal all the same.
  await mkdir(options.logFolder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  for (const [index, command] of commands.entries()) {
    signal.throwIfAborted();
    const label = command.run.trim().split("\n", 1)[0] ?? "";
    options.onProgress({ done: index, of: commands.length, label }, command.timeoutSeconds * 1000);
    const failure = await runOne(command, index, options);
    if (failure) return failure;
  }
  options.onProgress({ done: commands.length, of: commands.length, label: "" });
  return undefined;
};

const runOne = async (
  command: StartCommand,
  index: number,
  options: StartOptions,
): Promise<StartFailure | undefined> => {
  const deadline = performance.now() + command.timeoutSeconds * 1000;
  const identity = command.user === "root" ? root : options.student;
  const argv = (options.asIdentity ?? asIdentity)(identity, ["/bin/sh", "-ec", command.run]);
  const env = {
    ...options.env,
    HOME: identity.home,
    USER: identity.name,
    LOGNAME: identity.name,
    SHELL: options.shell,
  };
  const named = `onStart command ${index + 1} (${placeOf(command)})`;
  if (!command.background) {
    const result = await runProcess({
      argv,
      env,
      cwd: options.workdir,
      timeoutMs: command.timeoutSeconds * 1000,
      signal: options.signal,
    });
    const output = tailOf(options.secrets.mask(`${result.stdout}${result.stderr}`));
    if (result.isTimeout)
      return {
        cause: `${named} did not end within ${command.timeoutSeconds} s. If it is meant to stay, give it "background: true".`,
        output,
      };
    if (result.exitCode !== 0)
      return { cause: `${named} ended with exit code ${result.exitCode ?? "none (killed)"}.`, output };
    return waitUntilReady(command, { deadline, named, options, output: () => output });
  }
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { cwd: options.workdir, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  // What runs on for the student, theirs or the workshop's, goes before the server does.
  preferAsVictim(child.pid);
  const log = openStartLog(join(options.logFolder, `on-start-${index + 1}.log`));
  let kept = "";
  const keep = (text: string): void => {
    kept = tailOf(kept + text);
    log.write(text);
  };
  for (const stream of [child.stdout, child.stderr]) {
    const mask = options.secrets.stream();
    const decoder = new StringDecoder("utf8");
    stream.on("data", (data: Buffer) => {
      keep(mask.push(decoder.write(data)));
    });
    stream.once("end", () => keep(mask.end()));
  }
  let ended: string | undefined;
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", (code, killer) => {
    ended = code === null ? `signal ${killer}` : `exit code ${code}`;
  });
  child.unref();
  if (command.ready === undefined) {
    // Long enough to notice "command not found", short enough not to be felt.
    await sleep(30);
    return ended === undefined || ended === "exit code 0"
      ? undefined
      : { cause: `${named} ended at once with ${ended}.`, output: kept };
  }
  return waitUntilReady(command, {
    deadline,
    named,
    options,
    output: () => kept,
    hasFailed: () => (ended === undefined || ended === "exit code 0" ? undefined : ended),
  });
};

interface Waiting {
  readonly deadline: number;
  readonly named: string;
  readonly options: StartOptions;
  readonly output: () => string;
  readonly hasFailed?: () => string | undefined;
}

const waitUntilReady = async (command: StartCommand, waiting: Waiting): Promise<StartFailure | undefined> => {
  const { ready } = command;
  if (ready === undefined) return undefined;
  for (let pause = 10; ; pause = Math.min(pause * 2, 250)) {
    waiting.options.signal.throwIfAborted();
    if (await isReady(ready, waiting.options)) return undefined;
    const failed = waiting.hasFailed?.();
    if (failed !== undefined)
      return { cause: `${waiting.named} ended with ${failed} before it was ready.`, output: waiting.output() };
    if (performance.now() > waiting.deadline)
      return {
        cause: `${waiting.named} was not ready within ${command.timeoutSeconds} s: ${describe(ready)}.`,
        output: waiting.output(),
      };
    await sleep(pause);
  }
};

const isReady = async (ready: NonNullable<StartCommand["ready"]>, options: StartOptions): Promise<boolean> => {
  if ("port" in ready) return canConnect(ready.port);
  if ("file" in ready)
    return access(ready.file).then(
      () => true,
      () => false,
    );
  const argv = (options.asIdentity ?? asIdentity)(options.student, ["/bin/sh", "-c", ready.command]);
  const env = { ...options.env, HOME: options.student.home, USER: options.student.name };
  return (await runProcess({ argv, env, cwd: options.workdir, timeoutMs: 5000 })).exitCode === 0;
};

const canConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const answer = (isOpen: boolean) => () => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", answer(true)).once("error", answer(false)).setTimeout(1000, answer(false));
  });

const describe = (ready: NonNullable<StartCommand["ready"]>): string =>
  "port" in ready
    ? `nothing listens on port ${ready.port}`
    : "file" in ready
      ? `${ready.file} does not exist`
      : `"${ready.command}" does not succeed`;

const placeOf = (command: StartCommand): string =>
  command.at ? `${command.at.file}:${command.at.line}` : command.run.trim().slice(0, 60);
const tailOf = (text: string): string => text.slice(-4000);
