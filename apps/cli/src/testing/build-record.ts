import type { BuildRecord } from "@atelier/domain";

/** A build of a workshop without steps, with some of it said otherwise. */
export const recordForTests = (rest: Partial<BuildRecord> = {}): BuildRecord => ({
  v: 1,
  workshop: "lab",
  version: "1",
  title: "Lab",
  image: "lab",
  navigation: "linear",
  next: "swap",
  platformContract: 1,
  planDigest: "d",
  steps: [],
  services: [],
  requirements: [],
  ...rest,
});
