import { parseCastSize } from "@atelier/contract";
import type { Size } from "./active-viewer.ts";
import { type LastRecording, readRecordingTails, type RecordingTail } from "./recording-tail.ts";
import { restartLine, whenRestarted } from "./restart-line.ts";
import { createScreenMirror, type ScreenMirror } from "./screen-mirror.ts";
import { SizeHistory } from "./size-history.ts";

export interface LastScreen {
  /** Paints it on a cleared terminal of that size, sets no mode and ends in an empty row below it. */
  readonly text: string;
  readonly size: Size;
  /** File name of the recording that it ends with, of its last part. */
  readonly recording: string;
}

/**
 * What a terminal showed last, read from the end of its recordings: for the scrollback after a restart of
 * the container. Undefined when there is none, or nothing to read in them.
 */
export const readLastScreen = async (
  runtimeFolder: string,
  terminal: string,
  last: LastRecording,
): Promise<LastScreen | undefined> => {
  const tails = await readRecordingTails(runtimeFolder, terminal, last);
  const newest = tails.at(-1);
  if (newest === undefined) return undefined;
  const mirror = await createScreenMirror(new SizeHistory(tails[0]?.size ?? newest.size));
  try {
    for (const tail of tails) {
      // What a shell never printed to needs no line that tells of it.
      if (tail.began && tail.events.some(({ code }) => code === "o")) await restarted(mirror, tail.began);
      await show(mirror, tail);
    }
    await mirror.leave();
    return mirror.isBlank ? undefined : { text: mirror.snapshot(), size: mirror.size, recording: newest.name };
  } finally {
    mirror.dispose();
  }
};

const restarted = async (mirror: ScreenMirror, at: Date): Promise<void> => {
  await mirror.leave();
  if (!mirror.isBlank) await mirror.force(Buffer.from(restartLine(whenRestarted(at, true))));
};

const show = async (mirror: ScreenMirror, { size, events }: RecordingTail): Promise<void> => {
  mirror.resize(size.cols, size.rows);
  for (const { code, data } of events) {
    if (code === "o") await mirror.force(Buffer.from(data));
    const resized = code === "r" ? parseCastSize(data) : undefined;
    if (resized) mirror.resize(resized.cols, resized.rows);
  }
};
