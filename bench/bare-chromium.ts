import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromiumArguments, chromiumFile } from "@atelier/testkit/chromium";
import WebSocket from "ws";

/** A page of which nothing is observed while it loads. */
export interface BarePage {
  /** Opens an address; `script` runs in every new document before anything else. */
  open(address: string, script: string): Promise<void>;
  /** What an expression becomes in the page, as JSON. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface BareChromium extends AsyncDisposable {
  /** A page of a browser that has never been anywhere. */
  newPage(): Promise<BarePage>;
}

interface Reply {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/**
 * Chromium as a student has it. Playwright watches requests and scripts from the first byte on, as developer tools do:
 * then the browser keeps the stack of every request, for which it reads scripts a second time. Here a page is
 * told where to go and asked afterwards.
 */
export const openBareChromium = async (): Promise<BareChromium> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-bench-chromium-"));
  const browser = spawn(
    chromiumFile,
    [...chromiumArguments, "--headless", "--remote-debugging-port=0", `--user-data-dir=${folder}`, "about:blank"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = once(browser, "exit");
  let said = "";
  const address = await new Promise<string>((resolve, reject) => {
    browser.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    browser.once("exit", () => reject(new Error(`${chromiumFile} ended before it could be asked anything:\n${said}`)));
  });
  const socket = new WebSocket(address);
  await once(socket, "open");
  const waiting = new Map<number, { resolve(reply: Reply): void }>();
  socket.on("message", (data) => {
    const reply = JSON.parse(String(data)) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.resolve(reply);
  });
  let last = 0;
  const send = async (
    method: string,
    params: object,
    sessionId?: string,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const id = ++last;
    const reply = await new Promise<Reply>((resolve) => {
      waiting.set(id, { resolve });
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    });
    waiting.delete(id);
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`);
    return reply.result ?? {};
  };

  return {
    newPage: async () => {
      const { browserContextId } = await send("Target.createBrowserContext", {});
      const { targetId } = await send("Target.createTarget", {
        url: "about:blank",
        browserContextId,
        width: 1280,
        height: 800,
      });
      const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
      const toPage = (method: string, params: object) => send(method, params, String(sessionId));
      await toPage("Page.enable", {});
      let identifier: unknown;
      return {
        open: async (url, source) => {
          if (identifier !== undefined) await toPage("Page.removeScriptToEvaluateOnNewDocument", { identifier });
          ({ identifier } = await toPage("Page.addScriptToEvaluateOnNewDocument", { source }));
          await toPage("Page.navigate", { url });
        },
        evaluate: async (expression) => {
          const { result, exceptionDetails } = await toPage("Runtime.evaluate", {
            expression,
            returnByValue: true,
            awaitPromise: true,
          });
          if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
          return (result as { readonly value?: unknown }).value;
        },
        close: async () => {
          await send("Target.disposeBrowserContext", { browserContextId });
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      await send("Browser.close", {}).catch(() => browser.kill());
      await ended;
      socket.close();
      // Its last writers may still be at it.
      await sleep(100);
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
};
