import { platformPaths } from "@atelier/contract";
import { runProcess } from "../checks/run-process.ts";
import { asIdentity, type Identity } from "../identity/identity.ts";

/** `<pid> <bytes>` for each process that is still there, with what the shell has built in. */
const script = `for pid; do
  while read -r name bytes; do
    case $name in write_bytes:) echo "$pid $bytes" ;; esac
  done < "/proc/$pid/io"
done 2> /dev/null; :`;

/** What lists the bytes that processes have had written to disks. @param shell a POSIX shell */
export const writtenArgv = (shell: string, pids: readonly number[]): readonly string[] => [
  shell,
  "-c",
  script,
  "written-by",
  ...pids.map(String),
];

export interface WrittenByOptions {
  readonly student: Identity;
  readonly asIdentity?: typeof asIdentity;
  readonly shell?: string;
}

/**
 * Bytes that each process has had written to disks, by its id. The kernel tells that to whoever may trace a
 * process only: its own user, and not a root without CAP_SYS_PTRACE, as we are. So the student asks.
 */
export const createWrittenBy =
  ({ student, asIdentity: as = asIdentity, shell = platformPaths.dash }: WrittenByOptions) =>
  async (pids: readonly number[]): Promise<ReadonlyMap<number, number>> => {
    const { stdout } = await runProcess({ argv: as(student, writtenArgv(shell, pids)), env: {}, timeoutMs: 5000 });
    return new Map(
      stdout
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.split(" ").map(Number) as [number, number]),
    );
  };
