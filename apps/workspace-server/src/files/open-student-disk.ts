import { join } from "node:path";
import { platformPaths, type TerminalView, type TimelineView } from "@atelier/contract";
import type { ChangesReport } from "../checkpoints/checkpoints.ts";
import type { ServerSettings } from "../config.ts";
import { readTimeline } from "../playback/read-timeline.ts";
import { createRecordingLibrary, type RecordingLibrary } from "../playback/recording-library.ts";
import { createFileService, type FileService, type FileServiceOptions } from "./student-file-service.ts";
import { createWorkService, type WorkService } from "./work-service.ts";

/** The student's files as the page works on them, and what they have to show. */
export interface StudentDisk {
  readonly files: FileService;
  readonly work: WorkService;
  readonly recordings: RecordingLibrary;
  timeline(): Promise<TimelineView>;
}

export interface StudentDiskOptions extends Pick<FileServiceOptions, "identity" | "asIdentity" | "workdir"> {
  readonly settings: ServerSettings;
  readonly workspaceName: string;
  readonly changes: () => Promise<ChangesReport>;
  readonly terminals: () => readonly TerminalView[];
  /** argv of the file worker, for machines without the platform layer. */
  readonly worker: readonly string[] | undefined;
}

export const openStudentDisk = (options: StudentDiskOptions): StudentDisk => {
  const { settings, workspaceName, changes, identity, workdir, worker } = options;
  const files = createFileService({
    ...options,
    worker: worker ?? [platformPaths.node, join(settings.ATELIER_PLATFORM, "server/file-worker.mjs")],
    roots: [...new Set([identity.home, workdir])],
  });
  const runtimeFolder = settings.ATELIER_RUNTIME;
  return {
    files,
    work: createWorkService({ files, runtimeFolder, workspaceName, changes, home: identity.home }),
    recordings: createRecordingLibrary({ runtimeFolder, terminals: options.terminals }),
    timeline: () => readTimeline(runtimeFolder),
  };
};
