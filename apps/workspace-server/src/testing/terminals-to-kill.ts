import { setTimeout as sleep } from "node:timers/promises";
import { decodeServerFrame } from "@atelier/contract";
import { openEventLog } from "../events/open-event-log.ts";
import { FakeSocket } from "./fake-socket.ts";
import { openTestTerminals } from "./open-test-terminals.ts";

/**
 * `node terminals-to-kill.ts <folder> <lines|flood>`: a server's terminals under load, for whoever wants to
 * kill it. Everything that its one viewer is shown goes to stdout.
 */
const [folder = "", load = ""] = process.argv.slice(2);
const events = openEventLog(folder, () => new Date());
const shell = await openTestTerminals({ folder, onEvent: (event) => events.append(event) });

class PassingSocket extends FakeSocket {
  override send(data: Uint8Array | string): void {
    super.send(data);
    const frame = typeof data === "string" ? undefined : decodeServerFrame(data);
    // A copy: the frame's memory is the next frame's, too.
    if (frame?.kind === "output") process.stdout.write(Buffer.from(frame.payload));
    this.forget();
  }
}
const viewer = new PassingSocket();
shell.terminals.attach("1", { socket: viewer.asWebSocket, role: "student", id: crypto.randomUUID() });
viewer.receive({ t: "attach", cols: 100, rows: 30 });
viewer.input("PS1='> '; stty -echo\n");
if (load === "flood") viewer.input("seq 1000000000\n");
for (let round = 1; ; round++) {
  if (load === "lines") viewer.input(`seq ${round}000 ${round}400; printf 'é漢🎉\\033[3%dm\\n' ${round % 8}\n`);
  events.append({ type: "step-entered", step: `step-${round}`, by: "system" });
  shell.terminals.enterStep(`step-${round}`);
  await sleep(3);
}
