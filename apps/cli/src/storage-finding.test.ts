import assert from "node:assert/strict";
import { test } from "node:test";
import { classicStoreRemedy } from "@atelier/backend-docker";
import { storageFinding } from "./storage-finding.ts";

test("images kept in containerd are an error with the way out; an untried driver is a warning", () => {
  const check = "Storage driver";
  const DriverStatus: [string, string][] = [["driver-type", "io.containerd.snapshotter.v1"]];
  assert.deepEqual(storageFinding({ Driver: "overlayfs", DriverStatus }), {
    ...{ check, status: "error", fix: classicStoreRemedy },
    found: "overlayfs, with images kept in containerd, which Atelier cannot build in",
  });
  assert.deepEqual(storageFinding({ Driver: "overlay2", DriverStatus: [["Backing Filesystem", "extfs"]] }), {
    ...{ check, status: "ok", found: "overlay2", fix: "" },
  });
  assert.equal(storageFinding({ Driver: "vfs", DriverStatus: [] }).status, "warning");
});
