import "./lone-page.css";
import type { ReactNode } from "react";
import { BootProgress } from "../modules/boot/boot-progress.tsx";
import { useStudent } from "../state/use-student.ts";
import { strings } from "../strings/en.ts";

/** Shown from the first moment until the server can tell about the workspace. */
export const BootPage = (): ReactNode => {
  const { boot } = useStudent();
  return (
    <main className="lone-page" lang={strings.language}>
      {boot === undefined ? (
        <p className="lone-page__loading" role="status">
          <span className="spinner" />
          {strings.access.loading}
        </p>
      ) : (
        <div className="lone-page__card">
          <BootProgress boot={boot.view} at={boot.at} level={1} />
        </div>
      )}
    </main>
  );
};
