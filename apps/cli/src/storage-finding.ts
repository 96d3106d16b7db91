import { classicStoreRemedy, type EngineInfo, hasContainerdStore } from "@atelier/backend-docker";
import type { Finding } from "./finding.ts";

/** Whether images can be made and found in an engine's store, and whether its driver is one that was tried. */
export const storageFinding = (info: Pick<EngineInfo, "Driver" | "DriverStatus">): Finding => {
  const check = "Storage driver";
  if (hasContainerdStore(info))
    return {
      check,
      status: "error",
      found: `${info.Driver}, with images kept in containerd, which Atelier cannot build in`,
      fix: classicStoreRemedy,
    };
  return ["overlay2", "btrfs", "zfs"].includes(info.Driver)
    ? { check, status: "ok", found: info.Driver, fix: "" }
    : { check, status: "warning", found: info.Driver, fix: "overlay2 is what Atelier is tested with." };
};
