import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type BootView, bootViewSchema } from "@atelier/contract";
import { AppError } from "@atelier/domain";

/** GET from a workspace's server; dials 127.0.0.1 whatever the Host says. */
export const getFromServer = (
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port,
        path,
        headers: { Host: `127.0.0.1:${port}`, ...headers },
        timeout: 5000,
        // The port may have been another container's: nothing is left of the connections to that one.
        agent: false,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("end", () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
        );
        answer.once("error", reject);
      },
    );
    call.once("error", reject).once("timeout", () => call.destroy(new Error("no answer within 5 s")));
    call.end();
  });

export interface WaitOptions {
  readonly port: number;
  readonly onBoot: (boot: BootView) => void;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Says why the container ended, when it has. */
  readonly whyGone: () => Promise<string | undefined>;
}

/** Follows the boot until it is ready or has failed. Throws `AppError` `workspace-gone` or `boot-timeout`. */
export const waitForBoot = async ({ port, onBoot, timeoutMs, signal, whyGone }: WaitOptions): Promise<BootView> => {
  const deadline = performance.now() + timeoutMs;
  let last = "";
  for (let round = 0; ; round++) {
    signal.throwIfAborted();
    const boot = await getFromServer(port, "/api/boot").then(
      ({ text }) => bootViewSchema.safeParse(safeJson(text)).data,
      () => undefined,
    );
    if (boot) {
      const shown = JSON.stringify([boot.phase, boot.progress]);
      if (shown !== last) onBoot(boot);
      last = shown;
      if (boot.phase === "ready" || boot.phase === "failed") return boot;
    }
    // Looking at the container costs more than a connection: only now and then.
    if (round % 20 === 19) {
      const reason = await whyGone();
      if (reason !== undefined)
        throw new AppError("workspace-gone", `The workspace ended while it started: ${reason}`, {
          hint: "`atelier logs <workspace>` shows what it said.",
        });
    }
    if (performance.now() > deadline)
      throw new AppError("boot-timeout", `The workspace was not ready within ${Math.round(timeoutMs / 1000)} s.`, {
        hint: "`atelier logs <workspace>` shows what it does.",
      });
    await sleep(15, undefined, { signal });
  }
};

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
