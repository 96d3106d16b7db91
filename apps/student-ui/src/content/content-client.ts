import {
  contentApi,
  fillPath,
  type NewVariables,
  problemSchema,
  type QuizView,
  quizViewSchema,
  type SavedBlockView,
  savedBlockViewSchema,
  type StepPage,
} from "@atelier/contract";
import { createContext, useContext } from "react";
import type { z } from "zod";
import { RequestFailed } from "../api/problem.ts";
import { strings } from "../strings/en.ts";

/** Whose text a block, a hint or a question stands in. */
export interface Place {
  readonly step: string;
  readonly page: StepPage;
}

export type QuizAnswer = NonNullable<QuizView["answered"]>["answer"];

/** What the text may ask of the workspace. Every call throws {@link RequestFailed}. */
export interface ContentClient {
  saveBlock(place: Place, block: string, replace: boolean): Promise<SavedBlockView>;
  openHint(place: Place, hint: string): Promise<void>;
  setVariables(values: NewVariables): Promise<void>;
  answer(place: Place, quiz: string, answer: QuizAnswer): Promise<QuizView>;
}

export const createContentClient = (fetchIt: typeof fetch): ContentClient => {
  const send = async (path: string, body: unknown): Promise<unknown> => {
    const lost = (cause: unknown): RequestFailed =>
      new RequestFailed(0, { code: "unreachable", message: strings.problem.network, fields: [] }, { cause });
    const response = await fetchIt(path, {
      method: "POST",
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(30_000),
      headers: { accept: "application/json", "content-type": "application/json" },
      body: JSON.stringify(body),
    }).catch((cause: unknown) => Promise.reject(lost(cause)));
    const json: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
    if (response.ok) return json;
    const message = `${strings.problem.unexpected} (${response.status})`;
    throw new RequestFailed(
      response.status,
      problemSchema.safeParse(json).data ?? { code: `http-${response.status}`, message, fields: [] },
    );
  };
  const read = <T>(schema: z.ZodType<T>, json: unknown): T => {
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new RequestFailed(200, { code: "unexpected-answer", message: strings.problem.unexpected, fields: [] });
  };
  return {
    saveBlock: async ({ step, page }, block, replace) =>
      read(savedBlockViewSchema, await send(fillPath(contentApi.saveBlock, { id: step, block }), { page, replace })),
    setVariables: async (values) => {
      await send(contentApi.variables, values);
    },
    answer: async ({ step }, quiz, answer) =>
      read(quizViewSchema, await send(fillPath(contentApi.quiz, { id: step, quiz }), answer)),
    openHint: async ({ step }, hint) => {
      await send(fillPath(contentApi.hint, { id: step, hint }), {});
    },
  };
};

const ContentContext = createContext<ContentClient>(createContentClient((...call) => fetch(...call)));
export const useContentClient = (): ContentClient => useContext(ContentContext);
