import type { WorkspaceSettings } from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";
import type { Context } from "../context.ts";
import { type ControlClient, openControl } from "./control-client.ts";
import type { TestConditions } from "./test-conditions.ts";

export interface FreshImage {
  readonly record: BuildRecord;
  readonly digest: string;
  /** `start` or a step id. */
  readonly image: string;
  readonly conditions: TestConditions;
  /** With a terminal, and recorded. */
  readonly isWalked?: boolean;
}

/** A container of an image that nobody has worked in, with its services. */
export type FreshWorkspace =
  | {
      readonly isReady: true;
      readonly control: ControlClient;
      readonly containerId: string;
      /** Where it serves, on 127.0.0.1. */
      readonly port: number;
      readonly token: (role: "student" | "instructor") => string;
    }
  /** Its `onStart` failed. */
  | { readonly isReady: false; readonly cause: string };

/** What is asked for: the student's conditions, and nothing recorded that nobody looks at. */
export const freshOrder = (
  context: Pick<Context, "newId" | "now">,
  { record, digest, image, conditions, isWalked = false }: FreshImage,
  port: number,
): {
  readonly record: BuildRecord;
  readonly settings: WorkspaceSettings;
  readonly secrets: TestConditions["secrets"];
} => {
  const { secrets, sudo, parameters, timezone, resources } = conditions;
  const id = context.newId();
  const settings: WorkspaceSettings = {
    v: 1,
    id,
    name: `test-${id.slice(0, 8)}-${image}`.slice(0, 60).replace(/-+$/, ""),
    workshop: record.workshop,
    version: record.version,
    title: record.title,
    record: digest,
    image,
    port,
    managed: false,
    parameters,
    secrets: Object.keys(secrets),
    timezone,
    recording: isWalked ? { commands: "on", terminal: "on" } : { commands: "off", terminal: "off" },
    webTerminal: isWalked,
    unlocked: true,
    sudo,
    resources,
    createdAt: context.now().toISOString(),
  };
  return { record, settings, secrets };
};

/** Starts an image, works with it, and removes everything of it whatever happens. */
export const withFreshWorkspace = async <T>(
  context: Context,
  fresh: FreshImage,
  work: (workspace: FreshWorkspace) => Promise<T>,
): Promise<T> => {
  const workspaces = await context.workspaces();
  const order = freshOrder(context, fresh, await workspaces.freePort());
  const { id, name, port } = order.settings;
  try {
    await workspaces.create(order);
    const boot = await workspaces.start(name, { onPhase: () => {}, onBoot: () => {}, signal: context.signal });
    if (boot.phase !== "ready")
      return await work({ isReady: false, cause: `onStart failed: ${boot.cause ?? boot.phase}` });
    const { containerId = "", publishedAt = port } = await workspaces.find(name);
    const state = await context.state();
    using control = await openControl({
      port: publishedAt,
      token: state.token(id, "control"),
      version: context.version,
    });
    const token = (role: "student" | "instructor"): string => state.token(id, role);
    return await work({ isReady: true, control, containerId, port: publishedAt, token });
  } finally {
    await workspaces.remove(name).catch(() => undefined);
  }
};
