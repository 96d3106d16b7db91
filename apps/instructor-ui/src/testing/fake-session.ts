import {
  encodeCastEvent,
  encodeCastHeader,
  type InstructorEvent,
  type RecordingView,
  type StepSummary,
  type WorkspaceView,
} from "@atelier/contract";

export const scenarios = ["stuck", "calm", "fresh", "refused", "hostile", "off"] as const;
export type Scenario = (typeof scenarios)[number];

export interface FakeSession {
  /** Records of everything so far, oldest first. */
  readonly records: readonly InstructorEvent[];
  readonly live: Extract<InstructorEvent, { type: "live" }>;
  readonly recordings: readonly RecordingView[];
  readonly cast: string;
  readonly screen: string;
}

const stepTitles = [
  "Find your way around",
  "Make files and folders",
  "Who may read this?",
  "Pipes and filters",
  "A script of your own",
];
const stepIds = ["look", "files", "permissions", "pipes", "script"];

interface Outcome {
  readonly output?: string;
  readonly exitCode?: number;
  readonly redacted?: boolean;
  readonly verified?: boolean;
  readonly doubt?: string;
}

/** A session as it could be, ending now. All times go back from `now`, a whole second. */
export const createFakeSession = (scenario: Scenario, now: number): FakeSession => {
  const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();
  const records: InstructorEvent[] = [];
  let commandSeq = 0;
  let stateSeq = 0;
  const state = (seconds: number, event: object): void => {
    const record = { v: 1, seq: ++stateSeq, ts: ago(seconds), ...event };
    records.push({ type: "state", record } as InstructorEvent);
  };
  const began = 1500;
  const beganAt = Math.floor((now - began * 1000) / 1000) * 1000;
  let cast = encodeCastHeader({
    width: 100,
    height: 30,
    timestamp: beganAt / 1000,
    title: "terminal 1",
    env: { SHELL: "/bin/bash", TERM: "xterm-256color" },
  });
  const t = (seconds: number): number => Math.max(0.1, (now - seconds * 1000 - beganAt) / 1000);
  let screen = "";
  const print = (seconds: number, text: string): void => {
    cast += encodeCastEvent(t(seconds), "o", text);
    screen += text;
  };
  const prompt = "\u001b[1;32mstudent@linux-basics\u001b[0m:\u001b[1;34m~\u001b[0m$ ";
  const run = (seconds: number, command: string, { output = "", exitCode = 0, ...more }: Outcome = {}): void => {
    print(seconds, `${prompt}${command}\r\n`);
    cast += encodeCastEvent(t(seconds) + 0.01, "m", command);
    print(seconds - 0.2, output);
    records.push({
      type: "command",
      record: {
        v: 1,
        seq: ++commandSeq,
        ts: ago(seconds - 0.4),
        type: "command",
        terminal: "1",
        command,
        cwd: "/home/student",
        exitCode,
        startedAt: ago(seconds),
        durationMs: 40 + ((commandSeq * 137) % 900),
        verified: true,
        shell: "bash",
        ...more,
      },
    } as InstructorEvent);
  };
  const check = (seconds: number, step: string, failed: boolean): void =>
    state(seconds, {
      type: "check-finished",
      step,
      outcome: failed ? "failed" : "passed",
      trigger: "student",
      durationMs: 180,
      passed: failed ? 1 : 3,
      failed: failed ? 2 : 0,
      skipped: 0,
      assertions: [
        { id: "a", title: "the folder ~/notes is there", status: "passed" },
        {
          id: "b",
          title: "~/notes/private.txt can be read by you only",
          status: failed ? "failed" : "passed",
          ...(failed ? { message: "Look at what chmod 600 means.", expected: "0600", found: "0644" } : {}),
        },
        { id: "c", title: "the group may not write", status: failed ? "failed" : "passed" },
      ],
    });

  if (scenario !== "fresh") {
    state(began, { type: "step-entered", step: "look", by: "student" });
    run(1480, "pwd", { output: "/home/student\r\n" });
    run(1470, "ls -la", {
      output: "total 24\r\ndrwxr-xr-x 3 student student 4096 .\r\n-rw-r--r-- 1 student student  220 .bash_logout\r\n",
    });
    check(1400, "look", false);
    check(1390, "look", false);
    state(1389, { type: "step-completed", step: "look", how: "checked" });
    state(1380, { type: "step-entered", step: "files", by: "student" });
    run(1370, "mkdir notes");
    run(1365, "mkdri notes/archive", { output: "bash: mkdri: command not found\r\n", exitCode: 127 });
    run(1360, "mkdir notes/archive");
    state(1300, { type: "help-opened", step: "files", level: "hints" });
    run(1250, 'echo "learn the shell" > notes/todo.txt');
    check(1200, "files", false);
    check(1100, "files", false);
    state(1099, { type: "step-solved", step: "files" });
    state(1090, { type: "step-entered", step: "permissions", by: "student" });
    state(900, { type: "nested-shell", terminal: "1", program: "dash" });
    run(880, "export API_TOKEN=••••••", { redacted: true });
    run(870, "cat notes/private.txt | grep secret", {
      exitCode: 1,
      verified: false,
      doubt: "the shell was not in the foreground",
    });
    if (scenario === "hostile") {
      const evil = '<img src=x onerror="window.evil=1"><script>window.evil=1</script>\u202e\u0007';
      run(300, evil, {
        output: `\u001b]0;owned\u0007\u001b]52;c;ZXZpbA==\u0007\u001b]8;;javascript:window.evil=1\u0007click\u001b]8;;\u0007${evil}\r\n`,
        exitCode: 1,
      });
      state(290, { type: "integration-lost", terminal: "1", cause: evil });
    }
    if (scenario === "stuck" || scenario === "hostile") {
      for (const seconds of [700, 640, 560, 480])
        run(seconds, "chmod 066 notes/private.txt; cat notes/private.txt", {
          output: "cat: notes/private.txt: Permission denied\r\n",
          exitCode: 1,
        });
      for (const seconds of [690, 600, 500]) check(seconds, "permissions", true);
      records.push({
        type: "exchange",
        record: {
          v: 1,
          seq: 1,
          ts: ago(440),
          type: "exchange",
          id: "x1",
          step: "permissions",
          level: "hints",
          question: "Why can I not read my own file?",
          provider: "anthropic",
          model: "example",
          sent: { system: "", message: "" },
          answer: "Look at the first digit: it is what the owner may do.\nYou have set it to 0.",
          outcome: "answered",
          startedAt: ago(442),
          durationMs: 1800,
          usage: { input: 100, output: 40, estimated: false },
          cost: 0.001,
        },
      });
    }
  } else state(20, { type: "step-entered", step: "look", by: "student" });
  print(1, prompt);

  const done = new Map([
    ["look", "passed"],
    ["files", "solved"],
  ] as const);
  const here = scenario === "fresh" ? "look" : "permissions";
  const isRecorded = scenario !== "off";
  const steps: StepSummary[] = stepIds.map((id, index) => ({
    id,
    number: index + 1,
    title: stepTitles[index] ?? id,
    state: (scenario !== "fresh" && done.get(id as "look" | "files")) || (id === here ? "current" : "locked"),
    hasCheck: true,
    durationSeconds: 300,
  }));
  const workspace: WorkspaceView = {
    workspaceId: "w1",
    workspaceName: "linux-basics",
    displayName: scenario === "hostile" ? "<b>Ada</b>" : "Ada Lovelace",
    role: "instructor",
    workshop: {
      name: "linux-basics",
      version: "1.0.0",
      title: "Linux basics",
      description: "",
      language: "en",
      authors: [],
      navigation: "linear",
      next: "swap",
      hasIntro: true,
      hasFinish: true,
      tabs: [],
      editor: false,
      privileged: false,
    },
    boot: { phase: "ready", elapsedMs: 900 },
    steps,
    currentStep: here,
    finished: false,
    recording: { commands: isRecorded ? "on" : "off", terminal: isRecorded ? "on" : "off" },
    webTerminal: true,
    extendable: false,
    notices: [],
    transitions: true,
  };
  return {
    records: scenario === "off" ? records.filter(({ type }) => type !== "command") : records,
    live: {
      type: "live",
      workspace,
      terminals: [
        { name: "1", state: "ready", shell: "/bin/bash", viewers: 2 },
        ...(scenario === "stuck" ? [{ name: "build", state: "ready" as const, shell: "/bin/bash", viewers: 1 }] : []),
      ],
      presence: { students: scenario === "calm" ? 0 : 1, instructors: scenario === "stuck" ? 2 : 1 },
      now: new Date(now).toISOString(),
      lastActiveAt: ago(scenario === "stuck" ? 400 : 2),
    },
    recordings: isRecorded
      ? [
          {
            id: "AAAAAAAAAAAAAAA1",
            terminal: "1",
            startedAt: new Date(beganAt).toISOString(),
            parts: [{ bytes: cast.length, startedAt: new Date(beganAt).toISOString() }],
            bytes: cast.length,
            live: true,
          },
        ]
      : [],
    cast,
    screen,
  };
};
