import { defaultResources } from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";
import type { Context } from "../context.ts";
import { type ControlClient, openControl } from "./control-client.ts";

export interface FreshImage {
  readonly record: BuildRecord;
  readonly digest: string;
  /** `start` or a step id. */
  readonly image: string;
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

/** Starts an image, works with it, and removes everything of it whatever happens. */
export const withFreshWorkspace = async <T>(
  context: Context,
  { record, digest, image, isWalked = false }: FreshImage,
  work: (workspace: FreshWorkspace) => Promise<T>,
): Promise<T> => {
  const workspaces = await context.workspaces();
  const id = context.newId();
  const name = `test-${id.slice(0, 8)}-${image}`.slice(0, 60).replace(/-+$/, "");
  const port = await workspaces.freePort();
  try {
    await workspaces.create({
      record,
      secrets: {},
      settings: {
        v: 1,
        id,
        name,
        workshop: record.workshop,
        version: record.version,
        title: record.title,
        record: digest,
        image,
        port,
        managed: false,
        parameters: {},
        secrets: [],
        timezone: "UTC",
        recording: isWalked ? { commands: "on", terminal: "on" } : { commands: "off", terminal: "off" },
        webTerminal: isWalked,
        unlocked: true,
        sudo: false,
        resources: { ...defaultResources },
        createdAt: context.now().toISOString(),
      },
    });
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
