import { AppError } from "@atelier/domain";
import type { EngineInfo } from "./shapes.ts";

/** Whether an engine keeps images in containerd: the default of a fresh Docker Engine 29, an option of Docker Desktop. */
export const hasContainerdStore = ({ DriverStatus }: Pick<EngineInfo, "DriverStatus">): boolean =>
  DriverStatus.some(([name, value]) => name === "driver-type" && value === "io.containerd.snapshotter.v1");

/** What gives an engine its classic store. */
export const classicStoreRemedy =
  'Put {"features": {"containerd-snapshotter": false}} into the engine\'s daemon.json (usually /etc/docker/daemon.json) and restart it; in Docker Desktop switch off Settings → General → "Use containerd for pulling and storing images". Images and containers of the other store are hidden, not lost.';

/**
 * Refuses an engine that keeps images in containerd: it takes no image whose lower layers it has already, and knows
 * images by other ids than the digests of their configurations. Throws `AppError` `containerd-image-store`.
 */
export const requireClassicStore = (info: Pick<EngineInfo, "DriverStatus">): void => {
  if (!hasContainerdStore(info)) return;
  throw new AppError(
    "containerd-image-store",
    "This Docker engine keeps images in containerd, where images that share layers cannot be made one by one and go by other ids; Atelier needs the classic image store.",
    { hint: classicStoreRemedy },
  );
};
