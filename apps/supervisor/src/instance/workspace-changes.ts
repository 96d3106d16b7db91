import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "@atelier/backend-docker";
import { labels } from "@atelier/domain";

const telling = new Set(["start", "die", "destroy"]);

/** Names of workspaces whose containers started, ended or went. An engine that restarts is followed again. */
export async function* workspaceChanges(engine: Engine, stateId: string, signal: AbortSignal): AsyncGenerator<string> {
  while (!signal.aborted) {
    try {
      for await (const { Action, Actor } of engine.events(
        [`${labels.state}=${stateId}`, `${labels.role}=workspace`],
        signal,
      )) {
        const name = Actor.Attributes[labels.workspace];
        if (telling.has(Action) && name !== undefined) yield name;
      }
    } catch {
      // Gone, or ours to end; the loop knows which.
    }
    if (!signal.aborted) await sleep(1000, undefined, { signal }).catch(() => undefined);
  }
}
