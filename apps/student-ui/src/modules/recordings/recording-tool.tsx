import { Button } from "@atelier/ui";
import { PlaybackPanel, type PlaybackWords, type TimelineRecords } from "@atelier/ui/playback";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { problemOf } from "../../api/problem.ts";
import { createRecordingsClient } from "../../api/recordings-client.ts";
import { usePreferences } from "../../preferences/preferences.ts";
import type { Loadable } from "../../state/student-state.ts";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { useHighContrast } from "../terminals/use-high-contrast.ts";

const words = strings.recording;

/** The student's own recordings, played as the instructor's page plays them. */
const RecordingTool = (): ReactNode => {
  const client = useMemo(() => createRecordingsClient((input, init) => fetch(input, init)), []);
  const { workspace } = useStudent();
  const { fontSize, screenReader } = usePreferences();
  const highContrast = useHighContrast();
  const [timeline, setTimeline] = useState<Loadable<TimelineRecords & { readonly truncated: boolean }>>({
    state: "loading",
  });
  const load = useCallback(async (): Promise<void> => {
    try {
      setTimeline({ state: "ready", value: await client.timeline() });
    } catch (error) {
      setTimeline({ state: "failed", problem: problemOf(error) });
    }
  }, [client]);
  useEffect(() => {
    load();
  }, [load]);

  const steps = workspace?.steps;
  // Students know steps by their titles.
  const playbackWords = useMemo((): PlaybackWords => {
    const titleOf = (id: string): string => steps?.find((step) => step.id === id)?.title ?? id;
    return {
      ...words.playback,
      step: (id) => words.playback.step(titleOf(id)),
      check: (outcome, id) => words.playback.check(outcome, titleOf(id)),
    };
  }, [steps]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="tool-page recordings" tabIndex={0} role="region" aria-label={strings.tools.recording}>
      <p className="tool-page__lead">{words.lead}</p>
      {timeline.state === "loading" && <p role="status">{words.loading}</p>}
      {timeline.state === "failed" && (
        <p role="alert">
          {words.failed(timeline.problem.message)}{" "}
          <Button size="small" onPress={load}>
            {words.again}
          </Button>
        </p>
      )}
      {timeline.state === "ready" && (
        <>
          {timeline.value.truncated && <p className="tool-page__lead">{words.truncated}</p>}
          <PlaybackPanel
            source={client}
            records={timeline.value}
            isRecorded={workspace?.recording.terminal !== "off"}
            words={playbackWords}
            screen={{ fontSize, screenReaderMode: screenReader, highContrast }}
            onReload={load}
          />
        </>
      )}
    </div>
  );
};

export default RecordingTool;
