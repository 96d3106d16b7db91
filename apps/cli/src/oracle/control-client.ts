import { type CheckView, checkViewSchema, controlPath, workspaceMessageSchema } from "@atelier/contract";
import { AppError, platformContract } from "@atelier/domain";
import { WebSocket } from "ws";

/** The manager's side of `contract/control`, as much of it as the CLI needs. */
export interface ControlClient extends Disposable {
  /** Runs a step's check; `goss` replaces the image's own. */
  check(step: string, goss?: string): Promise<CheckView>;
}

const answerTimeoutMs = 120_000;

/** Connects with the control token. Throws `AppError` `control-refused`. */
export const openControl = async (options: {
  readonly port: number;
  readonly token: string;
  readonly version: string;
}): Promise<ControlClient> => {
  const socket = new WebSocket(`ws://127.0.0.1:${options.port}${controlPath}`, {
    headers: { Host: `127.0.0.1:${options.port}`, Authorization: `Bearer ${options.token}` },
    perMessageDeflate: false,
  });
  await new Promise<void>((resolve, reject) =>
    socket
      .once("open", resolve)
      .once("error", (cause) =>
        reject(new AppError("control-refused", `The workspace does not take orders: ${cause.message}`, { cause })),
      ),
  );
  const waiting = new Map<string, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  const fail = (cause: string): void => {
    for (const { reject } of waiting.values())
      reject(new AppError("control-lost", `The workspace's connection ended: ${cause}`));
    waiting.clear();
  };
  socket.on("message", (data) => {
    const message = workspaceMessageSchema.safeParse(JSON.parse(String(data))).data;
    if (message?.t !== "answer") return;
    const caller = waiting.get(message.call);
    waiting.delete(message.call);
    if (message.ok) caller?.resolve(message.result);
    else caller?.reject(new AppError("order-failed", message.cause ?? "The workspace could not do it."));
  });
  socket.once("close", () => fail("closed"));
  socket.on("error", (error) => fail(error.message));
  socket.send(JSON.stringify({ t: "hello", manager: "cli", version: options.version, contracts: [platformContract] }));
  let calls = 0;
  return {
    check: async (step, goss) => {
      const call = String(++calls);
      const answer = new Promise<unknown>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new AppError("control-lost", "The workspace did not answer in time.")),
          answerTimeoutMs,
        );
        const done =
          <T>(settle: (value: T) => void) =>
          (value: T): void => {
            clearTimeout(timer);
            settle(value);
          };
        waiting.set(call, { resolve: done(resolve), reject: done(reject) });
      });
      socket.send(JSON.stringify({ t: "check", call, step, ...(goss === undefined ? {} : { goss }) }));
      return checkViewSchema.parse(await answer);
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
};
