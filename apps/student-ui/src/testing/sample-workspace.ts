import type { StepSummary, WorkspaceView } from "@atelier/contract";

const step = (number: number, title: string, rest: Partial<StepSummary> & { readonly id: string }): StepSummary => ({
  number,
  title,
  state: "locked",
  hasCheck: true,
  durationSeconds: 300,
  ...rest,
});

/** A workspace in the middle of a linear workshop: one step passed, one in progress, three locked. */
export const sampleWorkspace = (change: Partial<WorkspaceView> = {}): WorkspaceView => ({
  workspaceId: "w-sample",
  workspaceName: "quiet-otter",
  displayName: "",
  role: "student",
  workshop: {
    name: "linux-basics",
    version: "1.0.0",
    title: "Linux basics",
    description: "Find your way around a shell: files, permissions, processes and services, on a machine of your own.",
    language: "en",
    authors: ["Ada Example", "Grace Sample"],
    difficulty: "beginner",
    durationSeconds: 2700,
    navigation: "linear",
    next: "swap",
    hasIntro: true,
    hasFinish: true,
    tabs: [],
    editor: false,
    privileged: false,
  },
  boot: { phase: "ready", elapsedMs: 210 },
  steps: [
    step(1, "Look around", { id: "look-around", state: "passed" }),
    step(2, "Make files and folders", { id: "files", state: "current" }),
    step(3, "Who may read this?", { id: "permissions", lockedReason: "Finish “Make files and folders” first." }),
    step(4, "Watch processes", {
      id: "processes",
      hasCheck: false,
      lockedReason: "Finish “Who may read this?” first.",
    }),
    step(5, "Run a service", { id: "services", durationSeconds: 600, lockedReason: "Finish “Watch processes” first." }),
  ],
  currentStep: "files",
  finished: false,
  recording: { commands: "on", terminal: "on" },
  webTerminal: true,
  extendable: false,
  notices: [],
  transitions: false,
  ...change,
});
