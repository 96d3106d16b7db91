import { contentApi, newSaveSchema, newVariablesSchema, quizAnswerSchema } from "@atelier/contract";
import type { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import type { ContentService } from "../content/content-service.ts";
import type { AppVariables } from "./app.ts";

const position = z.coerce.number().int().min(0).max(9999);

/** Routes of what a student does in the text. */
export const addContentRoutes = (app: Hono<{ Variables: AppVariables }>, content: () => ContentService): void => {
  const small = bodyLimit({ maxSize: 64 * 1024 });
  app.post(contentApi.saveBlock, small, async (context) => {
    const save = newSaveSchema.parse(await context.req.json());
    return context.json(
      await content().saveBlock(context.req.param("id"), position.parse(context.req.param("block")), save),
    );
  });
  app.post(contentApi.hint, (context) => {
    content().openHint(context.req.param("id"), position.parse(context.req.param("hint")));
    return context.body(null, 204);
  });
  app.post(contentApi.variables, small, async (context) => {
    content().setVariables(newVariablesSchema.parse(await context.req.json()));
    return context.body(null, 204);
  });
  app.post(contentApi.quiz, small, async (context) => {
    const answer = quizAnswerSchema.parse(await context.req.json());
    const { id, quiz } = context.req.param();
    return context.json(await content().answerQuiz({ step: id, quiz, by: context.get("role") }, answer));
  });
};
