import type { Client, Container, File, ID, Secret } from "@dagger.io/dagger";
import { AppError } from "@atelier/domain";
import { z } from "zod";
import { ConnectionLost, QueryFailed, type SessionQuery } from "./query-session.ts";

/** The SDK's client of a session, and its objects by the ids that an earlier query of the same session gave. */
export interface SdkClient {
  readonly client: Client;
  containerOf(id: string): Container;
  /**
   * Answers several fields of a container at once, given in GraphQL: the SDK asks for each in a question of its own,
   * and only for what it has words for. Throws `QueryFailed`.
   */
  fieldsOf(id: string, fields: string): Promise<unknown>;
}

/** What of the SDK is asked for; a package holds nothing else of it. */
type Sdk = Pick<typeof import("@dagger.io/dagger"), "Client" | "Container" | "Context">;

const nodeSchema = z.object({ node: z.unknown() });

/** The SDK on a session that is open already. */
export const sdkClient = (sdk: Sdk, query: SessionQuery): SdkClient => {
  // All that the SDK asks of its own connection.
  const connection = { getGQLClient: () => query } as unknown as ConstructorParameters<Sdk["Context"]>[1];
  const context = new sdk.Context([], connection);
  return {
    client: new sdk.Client(context),
    // Told its id, it does not ask for it.
    containerOf: (id) => new sdk.Container(context.selectNode(id, "Container"), id as unknown as ID),
    fieldsOf: async (id, fields) =>
      nodeSchema.parse(await query.request(`{ node(id: ${JSON.stringify(id)}) { ... on Container { ${fields} } } }`))
        .node,
  };
};

/** An id is what the SDK makes of an object that is an argument, and takes in its place. */
export const byId = <T extends File | Secret>(id: string): T => id as unknown as T;

/** What went wrong, where the SDK wraps it in words of its own. */
export const engineError = (error: unknown): unknown =>
  // Ours says already what it is.
  error instanceof Error &&
  !(error instanceof AppError) &&
  (error.cause instanceof QueryFailed || error.cause instanceof ConnectionLost)
    ? error.cause
    : error;
