import type { CheckpointView, LeavingView, ReplacedView } from "@atelier/contract";

/** What a swap of the pretended workspace replaced, until the student takes their own. */
export const createFakeSaved = () => {
  let taken = false;
  const replaced = (): ReplacedView => ({
    units: [
      {
        unit: "/home/student/app/server.py",
        mine: "changed",
        taken,
        files: [
          {
            path: "/home/student/app/server.py",
            mine: "text",
            image: "text",
            diff: [
              { kind: "both", text: "import http.server" },
              { kind: "image", text: "PORT = 8000" },
              { kind: "mine", text: "PORT = 9000  # the one I like" },
              { kind: "both", text: "" },
              { kind: "both", text: "…" },
            ],
          },
        ],
        more: 0,
      },
      {
        unit: "/home/student/logo.png",
        mine: "created",
        taken: false,
        files: [{ path: "/home/student/logo.png", mine: "binary", image: "binary" }],
        more: 0,
      },
    ],
  });
  const state = (id: string, change: Partial<CheckpointView>): CheckpointView => ({
    id,
    at: "2026-01-01T10:00:00.000Z",
    step: "look-around",
    reason: "swap",
    files: 12,
    bytes: 4096,
    skipped: [],
    ...change,
  });
  return {
    leaving: (scenario: string): LeavingView => ({
      image: "look-around",
      changed: [
        { path: "/home/student/notes/todo.txt", change: "new" },
        { path: "/home/student/.bashrc", change: "changed" },
        { path: "/home/student/old.log", change: "deleted" },
      ],
      moreChanged: 0,
      unsaved: [{ path: "/home/student/big.iso", why: "larger than 50 MiB (5 GiB)" }],
      moreUnsaved: 0,
      jobs: scenario === "moved" ? ["python3"] : [],
      folders: ["/home/student"],
    }),
    replaced,
    take: (): ReplacedView => {
      taken = true;
      return replaced();
    },
    checkpoints: (): readonly CheckpointView[] => [
      state("c2", {}),
      state("c1", {
        at: "2026-01-01T09:40:00.000Z",
        reason: "auto",
        step: "start",
        files: 1,
        skipped: [{ path: "/home/student/big.iso", why: "larger than 50 MiB (5 GiB)" }],
      }),
    ],
  };
};
