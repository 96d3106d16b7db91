import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

// biome-ignore lint/suspicious/noExplicitAny: nothing of the app's own variables is used.
type AnyContext = Context<any>;

/** Answers with bytes as they come; see {@link createByteSender}. */
export type SendBytes = (context: AnyContext, bytes: Readable, options?: SendOptions) => Response;

export interface SendOptions {
  readonly status?: ContentfulStatusCode;
  /** Called once when the stream has closed, however it came to that. */
  readonly release?: () => PromiseLike<void>;
}

/**
 * The one way in which a route hands a stream to a response. Whoever asked may go at any moment: the
 * stream is destroyed then, and at once when they asked for the head alone, so that what it is made from
 * can be let go. A stream that fails tears the connection, because an end would say that it was all.
 *
 * @param onError is told why a stream failed; that somebody went is no failure
 */
export const createByteSender =
  (onError: (error: unknown) => void): SendBytes =>
  (context, bytes, { status = 200, release } = {}) => {
    // Absent when the app is asked without a network.
    const outgoing = (context.env as { readonly outgoing?: ServerResponse } | undefined)?.outgoing;
    bytes.on("error", (error) => {
      if (!outgoing?.destroyed) onError(error);
      // Before the web stream hears of it: the adapter would write the error below the bytes and end properly.
      outgoing?.destroy();
    });
    if (release) bytes.once("close", () => release().then(undefined, onError));
    if (context.req.method === "HEAD") {
      bytes.destroy();
      return context.body(null, status);
    }
    return context.body(Readable.toWeb(bytes) as ReadableStream<Uint8Array<ArrayBuffer>>, status);
  };
