import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@atelier/domain";
import { requireClassicStore } from "./image-store.ts";
import { engineInfoSchema } from "./shapes.ts";

const infoOf = (storage: object) =>
  engineInfoSchema.parse({
    ...{ ServerVersion: "29.0.0", Architecture: "x86_64", OSType: "linux", OperatingSystem: "Debian", NCPU: 2 },
    ...{ MemTotal: 1, DockerRootDir: "/var/lib/docker" },
    ...storage,
  });

test("an engine that keeps images in containerd is refused with the setting that changes it", () => {
  const info = infoOf({ Driver: "overlayfs", DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]] });
  assert.throws(
    () => requireClassicStore(info),
    (error) =>
      isAppError(error) &&
      error.code === "containerd-image-store" &&
      /"features": \{"containerd-snapshotter": false\}/.test(error.hint ?? "") &&
      /Docker Desktop/.test(error.hint ?? ""),
  );
});

test("one with its own store is taken, whatever it tells of its driver", () => {
  for (const storage of [
    { Driver: "overlay2", DriverStatus: [["Backing Filesystem", "extfs"]] },
    { Driver: "vfs", DriverStatus: null },
    { Driver: "vfs" },
  ])
    requireClassicStore(infoOf(storage));
});
