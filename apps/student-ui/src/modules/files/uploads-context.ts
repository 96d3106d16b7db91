import { createContext, useContext } from "react";

/** Files on their way from the student's machine into the workspace. */
export interface Uploads {
  /** Uploads into a folder; without one into the folder that shells start in. */
  upload(folder: string | undefined, files: readonly File[]): void;
  /** Asks the browser for files to upload. */
  pick(folder: string | undefined): void;
  /** Counts up whenever an upload has come to an end. */
  readonly settled: number;
}

export const UploadsContext = createContext<Uploads>({ upload: () => {}, pick: () => {}, settled: 0 });

export const useUploads = (): Uploads => useContext(UploadsContext);
