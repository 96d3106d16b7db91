import type { Context } from "./context.ts";

/** Throws `AppError` `k3d-missing` before anything is built or started, where a workshop wants a cluster. */
export const requireK3d = async ({ env }: Context): Promise<void> => {
  const { createK3d, k3dMissing } = await import("@atelier/backend-docker");
  if (createK3d(env).program === undefined) throw k3dMissing();
};
