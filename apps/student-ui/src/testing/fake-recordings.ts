import type { ServerResponse } from "node:http";
import { encodeCastEvent, encodeCastHeader, type RecordingView, type TimelineView } from "@atelier/contract";

export interface FakeRecordings {
  readonly list: readonly RecordingView[];
  readonly timeline: TimelineView;
  readonly cast: string;
}

/** What a student may have done in the half hour before `now`, and how it looked. */
export const createFakeRecordings = (now: number): FakeRecordings => {
  const beganAt = Math.floor(now / 1000) * 1000 - 1_800_000;
  const at = (seconds: number): string => new Date(beganAt + seconds * 1000).toISOString();
  const commands: TimelineView["commands"] = [];
  let cast = encodeCastHeader({ width: 90, height: 24, timestamp: beganAt / 1000, title: "terminal 1" });
  const run = (seconds: number, command: string, { output = "", exitCode = 0 } = {}): void => {
    cast += encodeCastEvent(seconds, "o", `\u001b[1;32mstudent@shell\u001b[0m:\u001b[1;34m~\u001b[0m$ ${command}\r\n`);
    cast += encodeCastEvent(seconds, "m", command);
    cast += encodeCastEvent(seconds + 0.4, "o", output);
    commands.push({ seq: commands.length + 1, terminal: "1", command, startedAt: at(seconds), exitCode });
  };
  run(5, "pwd", { output: "/home/student\r\n" });
  run(40, "ls --color -F /", {
    output: "\u001b[34mbin\u001b[0m/  \u001b[34metc\u001b[0m/  \u001b[34mhome\u001b[0m/  \u001b[34mtmp\u001b[0m/\r\n",
  });
  run(310, "cat notes/todo.txt", { output: "cat: notes/todo.txt: No such file or directory\r\n", exitCode: 1 });
  run(325, "mkdir -p notes && echo 'learn the shell' > notes/todo.txt");
  run(900, "cat notes/todo.txt", { output: "learn the shell\r\n" });
  return {
    list: [
      {
        id: "AAAAAAAAAAAAAAA1",
        terminal: "1",
        startedAt: at(0),
        parts: [{ bytes: cast.length, startedAt: at(0) }],
        bytes: cast.length,
        live: true,
      },
    ],
    timeline: {
      commands,
      checks: [
        { seq: 3, ts: at(315), step: "files", outcome: "failed" },
        { seq: 5, ts: at(890), step: "files", outcome: "passed" },
      ],
      visits: [
        { step: "look-around", enteredAt: at(1) },
        { step: "files", enteredAt: at(300) },
      ],
      truncated: false,
    },
    cast,
  };
};

/** Answers a request below `/api/work` that is about recordings; false for any other. */
export const answerRecordings = (
  response: ServerResponse,
  [, route, id]: readonly string[],
  { list, timeline, cast }: FakeRecordings,
): boolean => {
  if (route !== "recordings" && route !== "timeline") return false;
  response.writeHead(200, { "content-type": id === undefined ? "application/json" : "application/x-asciicast" });
  response.end(id !== undefined ? cast : JSON.stringify(route === "timeline" ? timeline : list));
  return true;
};
