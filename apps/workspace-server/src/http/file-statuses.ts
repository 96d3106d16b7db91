import type { FileFault } from "../files/file-order.ts";

/** HTTP status of what can be wrong with a file. */
export const fileStatuses = {
  "file-not-found": 404,
  "file-outside": 403,
  "file-not-regular": 409,
  "file-too-big": 413,
  "file-exists": 412,
  "file-changed": 412,
  "file-denied": 403,
  "file-no-space": 507,
  "file-failed": 500,
  "not-yours": 403,
} as const satisfies Record<FileFault | "not-yours", number>;
