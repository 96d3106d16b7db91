import type { OverlayOrder } from "@atelier/contract";
import type { ControlLink } from "../control/control-link.ts";

/** What an author at work replaced in a workspace: sent again to every container that follows. */
export interface ContentOverlay {
  /** Adds to what was replaced, and sends only that. */
  add(order: OverlayOrder, link: ControlLink): Promise<void>;
  /** Sends everything to a container that knows nothing of it yet; nothing to send is no message. */
  sendAll(link: ControlLink): Promise<void>;
  /** Another build holds the newest texts itself. */
  clear(): void;
}

const patienceMs = 15_000;
const none: OverlayOrder = { files: {}, assets: {}, removed: [], diagnostics: [] };

export const createContentOverlay = (): ContentOverlay => {
  let all = none;
  const send = async ({ diagnostics, ...content }: OverlayOrder, link: ControlLink): Promise<void> => {
    const isEmpty = [content.files, content.assets, content.removed].every((part) => Object.keys(part).length === 0);
    if (!isEmpty) await link.call({ t: "content-overlay", ...content }, patienceMs);
    link.send({ t: "diagnostics", diagnostics });
  };
  return {
    add: async (order, link) => {
      const removed = new Set([...all.removed, ...order.removed]);
      for (const path of [...Object.keys(order.files), ...Object.keys(order.assets)]) removed.delete(path);
      const kept = <T>(parts: Readonly<Record<string, T>>): Record<string, T> =>
        Object.fromEntries(Object.entries(parts).filter(([path]) => !removed.has(path)));
      all = {
        files: kept({ ...all.files, ...order.files }),
        assets: kept({ ...all.assets, ...order.assets }),
        removed: [...removed],
        diagnostics: order.diagnostics,
      };
      await send(order, link);
    },
    sendAll: async (link) => {
      if (all !== none) await send(all, link);
    },
    clear: () => {
      all = none;
    },
  };
};
