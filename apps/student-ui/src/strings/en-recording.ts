import type { CheckOutcome } from "@atelier/contract";
import type { PlaybackWords } from "@atelier/ui/playback";

const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
const moment = new Intl.DateTimeFormat("en", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const outcomes: Readonly<Record<CheckOutcome, string>> = {
  passed: "Check passed",
  failed: "Not there yet",
  error: "Check could not be run",
  timeout: "Check took too long",
};

/** Part of the catalogue in `en.ts`: the student's own recordings. */
export const recordingStrings = {
  lead: "What your terminals showed, with what you ran and checked.",
  loading: "Looking for your recordings…",
  failed: (cause: string) => `What you ran and checked could not be read: ${cause}`,
  again: "Try again",
  truncated: "The oldest commands and checks are not on the timeline.",
  playback: {
    choose: "Recording",
    option: (terminal, startedAt, isLive) =>
      `Terminal ${terminal} from ${moment.format(new Date(startedAt))}${isLive ? " (goes on)" : ""}`,
    part: (part, of) => `, part ${part} of ${of}`,
    inParts: "This recording is too large to play in one go, so it plays in parts. The screen of a part begins empty.",
    none: "Nothing is recorded yet: open a terminal first.",
    off: "There is nothing to play. Whoever set up this workspace has switched the recording of terminals off.",
    loading: "Loading the recording…",
    failed: (cause) => `The recording could not be loaded: ${cause}`,
    again: "Try again",
    reload: "Load what has come since",
    speed: "Speed",
    skipPauses: "Skip pauses",
    firstError: "First error",
    noError: "No command of this recording failed",
    download: (size) => `Download (${size})`,
    search: "Search the timeline",
    timeline: "Timeline",
    noTimeline: "Nothing on the timeline.",
    command: (exitCode) =>
      exitCode === undefined ? "Command" : exitCode === 0 ? "Command, worked" : `Command, exit ${exitCode}`,
    check: (outcome, step) => `${outcomes[outcome]}: ${step}`,
    step: (title) => `Step: ${title}`,
    tooLarge: (size) => `This recording is ${size}: too large to play here. Download it and play it with asciinema.`,
    position: (seconds) => `${two(seconds / 60)}:${two(seconds % 60)}`,
    player: "Player",
    screen: (terminal) => `Recorded screen of terminal ${terminal}`,
    play: "Play",
    pause: "Pause",
    place: "Place in the recording",
  } satisfies PlaybackWords,
};
