import type { Engine } from "@atelier/backend-docker";

/** The terminal that a person sits at. */
export interface LocalTerminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
}

/**
 * Starts a container with a terminal and joins it with the person's own until its first process ends. Keys go
 * through as they are, so that Ctrl-C is the shell's.
 */
export const attachTerminal = async (
  engine: Pick<Engine, "attach" | "startContainer" | "resizeTerminal" | "waitContainer">,
  container: string,
  { input, output }: LocalTerminal,
): Promise<void> => {
  const stream = await engine.attach(container);
  const ended = new Promise<void>((resolve) => stream.once("close", resolve).once("error", () => resolve()));
  // A size that the engine refuses (the shell has just ended) is no reason to break off.
  const resize = (): void =>
    void engine.resizeTerminal(container, { rows: output.rows ?? 24, columns: output.columns ?? 80 }).catch(() => {});
  const send = (data: Buffer): void => void stream.write(data);
  await engine.startContainer(container);
  resize();
  output.on("resize", resize);
  input.setRawMode?.(true);
  input.on("data", send).resume();
  stream.on("data", (data: Buffer) => output.write(data));
  stream.once("end", () => stream.destroy());
  try {
    await ended;
    await engine.waitContainer(container);
  } finally {
    input.off("data", send).pause();
    input.setRawMode?.(false);
    output.off("resize", resize);
    stream.destroy();
  }
};
