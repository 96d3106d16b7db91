import { type CheckpointView, checkpointViewSchema, studentApi } from "@atelier/contract";
import { getFromServer } from "@atelier/backend-docker";
import { AppError } from "@atelier/domain";
import { z } from "zod";
import type { Context } from "../context.ts";

/** The saved states of a running workspace, newest first. Throws `AppError` `workspace-stopped`. */
export const readCheckpoints = async (context: Context, name: string): Promise<readonly CheckpointView[]> => {
  const { settings, state, publishedAt } = await (await context.workspaces()).find(name);
  if (settings === undefined || state !== "running" || publishedAt === undefined)
    throw new AppError(
      "workspace-stopped",
      `The workspace "${name}" does not run, so its checkpoints cannot be read.`,
      {
        hint: `Start it: atelier start ${name}`,
      },
    );
  const token = (await context.state()).token(settings.id, "instructor");
  const { status, text } = await getFromServer(publishedAt, studentApi.checkpoints, {
    Authorization: `Bearer ${token}`,
  });
  if (status !== 200) throw new AppError("not-ready", `The workspace "${name}" is still starting.`);
  return z.array(checkpointViewSchema).parse(JSON.parse(text));
};

/** Why a state was saved, in words. */
export const reasonWords: Readonly<Record<CheckpointView["reason"], string>> = {
  swap: "before moving on",
  stop: "before stopping",
  auto: "while working",
  manual: "on request",
  undo: "before undo",
};
