import type { WorkView } from "@atelier/contract";
import { filesApi } from "@atelier/contract";
import { Button, Icon } from "@atelier/ui";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { createFilesClient, downloadUrl } from "../../api/files-client.ts";
import { problemOf } from "../../api/problem.ts";
import type { Loadable } from "../../state/student-state.ts";
import { strings } from "../../strings/en.ts";
import { useTools } from "../tools/tools-context.ts";

const words = strings.work;

/** What the student has to show: changed files, commands, recordings, all to take home. */
const WorkTool = ({ hasEditor }: { readonly hasEditor: boolean }): ReactNode => {
  const client = useMemo(() => createFilesClient((input, init) => fetch(input, init)), []);
  const tools = useTools();
  const [work, setWork] = useState<Loadable<WorkView>>({ state: "loading" });
  const load = useCallback(async (): Promise<void> => {
    try {
      setWork({ state: "ready", value: await client.work() });
    } catch (error) {
      setWork({ state: "failed", problem: problemOf(error) });
    }
  }, [client]);
  useEffect(() => {
    load();
  }, [load]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="tool-page work" tabIndex={0} role="region" aria-label={strings.tools.work}>
      <h2>{words.heading}</h2>
      <p className="tool-page__lead">{words.lead}</p>
      <p className="work__actions">
        <a className="button" data-look="primary" href={filesApi.workArchive} download>
          <Icon name="download" />
          {words.download}
        </a>
        <Button icon="refresh" onPress={load}>
          {words.refresh}
        </Button>
      </p>
      {work.state === "loading" && <p role="status">{words.loading}</p>}
      {work.state === "failed" && (
        <p role="alert">
          {work.problem.message} {work.problem.hint}
        </p>
      )}
      {work.state === "ready" && (
        <>
          <h3>{words.changed(work.value.changed.length)}</h3>
          {work.value.changed.length === 0 && <p className="tool-page__empty">{words.nothing}</p>}
          <ul className="work__list">
            {work.value.changed.map(({ path, change }) => (
              <li key={path} data-change={change}>
                <span className="work__change">{words.change[change]}</span>
                <code>{path}</code>
                {change !== "deleted" && hasEditor && (
                  <Button
                    look="quiet"
                    size="small"
                    icon="edit"
                    aria-label={words.edit(path)}
                    onPress={() => tools.openFile(path)}
                  />
                )}
                {change !== "deleted" && (
                  <a
                    className="link"
                    href={downloadUrl({ path, kind: "file" })}
                    download
                    aria-label={words.downloadOne(path)}
                  >
                    <Icon name="download" size={14} />
                  </a>
                )}
              </li>
            ))}
          </ul>
          {work.value.truncated && <p className="tool-page__empty">{words.truncated}</p>}
          <h3>{words.record}</h3>
          <p className="tool-page__lead">{words.recorded(work.value.commands, work.value.recordings.length)}</p>
        </>
      )}
    </div>
  );
};

export default WorkTool;
