import { basename } from "node:path";
import {
  decodeViewerFrame,
  isReport,
  type Role,
  type TerminalState,
  type TerminalView,
  viewerMessageSchema,
} from "@atelier/contract";
import type { WebSocket } from "ws";
import type { CommandTracker } from "../command-log/command-tracker.ts";
import { MarkerFilter, type ShellMarker } from "../command-log/marker-filter.ts";
import { preferAsVictim } from "../limits/prefer-as-victim.ts";
import type { MakeRoom } from "../limits/start-with-room.ts";
import type { Recorder } from "../recording/recorder.ts";
import { ActiveViewer, isSameSize, type Size } from "./active-viewer.ts";
import { ForegroundWatch } from "./foreground-watch.ts";
import { OutputGather } from "./output-gather.ts";
import { isInterrupt } from "./is-interrupt.ts";
import { LazyMirror } from "./lazy-mirror.ts";
import { foregroundOf } from "./process-state.ts";
import { type OpenPtyOptions, openPtyWithRoom, type Pty } from "./pty.ts";
import { ReplayBuffer } from "./replay-buffer.ts";
import { readAck } from "./read-ack.ts";
import type { ScreenMirror } from "./screen-mirror.ts";
import { giveSlaveTo } from "./give-slave-to.ts";
import type { Integration, ShellLaunch } from "./shell-launch.ts";
import { ShellSession } from "./shell-session.ts";
import { SizeHistory } from "./size-history.ts";
import { type Snapshot, Viewer } from "./viewer.ts";

/** Everything of one shell's life that the session does not make itself. */
export interface SessionParts {
  readonly launch: ShellLaunch;
  readonly recorder: Recorder | undefined;
  readonly tracker: CommandTracker;
  /** Painted before the shell's own output: the last screen of an earlier container. */
  readonly prelude: Uint8Array | undefined;
  readonly nonce: string;
}

export interface SessionOptions {
  readonly name: string;
  readonly shell: string;
  readonly cwd: string;
  /** Until a viewer says another; what is painted before the shell's own output is for it. */
  readonly size?: Size;
  readonly owner: { readonly uid: number };
  readonly newId: () => string;
  /** Makes the parts for a new shell of this terminal, the first or a restarted one. */
  readonly newParts: (size: { readonly cols: number; readonly rows: number }) => Promise<SessionParts>;
  readonly isRecording: boolean;
  readonly isLogging: boolean;
  readonly onChange: () => void;
  readonly onClosed: (exit: { readonly exitCode?: number; readonly signal?: string }) => void;
  readonly onViewer: (event: "attached" | "detached", viewer: { readonly id: string; readonly role: Role }) => void;
  readonly onNestedShell: (program: string) => void;
  readonly onIntegrationLost: (cause: string) => void;
  /** So many bytes of output have been handled. */
  readonly onOutput: (bytes: number) => void;
  /** Ends the student's processes where there is none left for a shell. */
  readonly makeRoom: MakeRoom;
}

/** Twice what may be under way to one viewer, and some 25,000 lines: more than a screen's history keeps. */
const ringBytes = 2 * 1024 * 1024;
/** A shell that has said no more than this is told from its beginning. */
const wholeBytes = 512 * 1024;
const heartbeatMs = 30_000;
const watchMs = 1000;
/** Until a second look at a program that nobody announced: what lay unread is read by then. */
const doubtMs = 100;
/**
 * How long the rest of a marker is waited for. A program's own sequence must not be late; a long command
 * comes in several pieces, and on a busy machine the shell may have to wait between two of them.
 */
const heldMs = { something: 5, ours: 2000 } as const;
/** What the kernel keeps of a program's name. */
const longestComm = 15;
const notRead =
  "The program in this terminal has not read what was typed before, so your last input was left out. Wait for it, or end it.";

/** A shell that outlives its viewers. States only go forward: starting → ready → exited, or closed. */
export class TerminalSession {
  readonly #options: SessionOptions;
  readonly #viewers = new Map<Viewer, Role>();
  readonly #active = new ActiveViewer<Viewer>();
  #state: TerminalState = "starting";
  #isStarting = false;
  #exitCode: number | undefined;
  #epoch = "";
  #size: Size;
  #buffer = new ReplayBuffer(ringBytes);
  #sizes: SizeHistory;
  #parts: SessionParts | undefined;
  #pty: Pty | undefined;
  /** What the shell has started, also after it has ended: until the terminal is closed or has another shell. */
  #session: ShellSession | undefined;
  #mirror: LazyMirror;
  #isPaused = false;
  readonly #gather = new OutputGather((bytes) => this.#output(bytes));
  #activeAt = performance.now();
  #foreground: ForegroundWatch | undefined;
  #holding: NodeJS.Timeout | undefined;
  #integration: Integration = "none";
  readonly #timers: NodeJS.Timeout[];

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#size = options.size ?? { cols: 80, rows: 24 };
    this.#sizes = new SizeHistory(this.#size);
    this.#mirror = new LazyMirror(this.#buffer, this.#sizes);
    this.#timers = [setInterval(() => this.#heartbeat(), heartbeatMs), setInterval(() => this.#watch(), watchMs)];
    for (const timer of this.#timers) timer.unref();
  }

  get view(): TerminalView {
    return {
      name: this.#options.name,
      state: this.#state,
      shell: this.#options.shell,
      viewers: this.#viewers.size,
      ...(this.#isBusy ? { busy: true } : {}),
      ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }),
      ...(this.#options.isLogging ? { commandLog: this.#integration } : {}),
    };
  }
  get #isBusy(): boolean {
    const { tracker, launch } = this.#parts ?? {};
    if (this.#state !== "ready" || this.#pty === undefined || tracker === undefined) return false;
    const hasStarted = tracker.hasPrompt || launch?.integration === "none";
    return !hasStarted || tracker.isRunning || foregroundOf(this.#pty.pid)?.isShell === false;
  }
  get #isClosed(): boolean {
    return this.#state === "closed";
  }
  get name(): string {
    return this.#options.name;
  }
  /** Of the recording's current part. */
  get path(): string | undefined {
    return this.#parts?.recorder?.path;
  }
  get cwd(): string | undefined {
    return this.#parts?.tracker.cwd;
  }
  get activeAt(): number {
    return this.#activeAt;
  }
  get pid(): number | undefined {
    return this.#state === "ready" ? this.#pty?.pid : undefined;
  }
  get session(): ShellSession | undefined {
    return this.#session;
  }

  /**
   * Starts the shell, or another one after the first has ended. What is being started, runs or is closed
   * stays as it is.
   * @throws what stood in the way; then the terminal has exited, and can be started again
   */
  async start(): Promise<void> {
    if (this.#isStarting || this.#state === "ready" || this.#isClosed) return;
    this.#isStarting = true;
    this.#endSession();
    this.#state = "starting";
    this.#exitCode = undefined;
    try {
      await this.#start();
    } catch (error) {
      this.#endSession();
      this.#ended({});
      throw error;
    } finally {
      this.#isStarting = false;
    }
  }

  async #start(): Promise<void> {
    const parts = await this.#options.newParts(this.#size);
    this.#parts = parts;
    // Whoever closed it meanwhile could not end what was not there yet.
    if (this.#isClosed) return this.#endParts();
    this.#epoch = this.#options.newId();
    this.#buffer = new ReplayBuffer(ringBytes);
    this.#sizes = new SizeHistory(this.#size);
    this.#mirror.dispose();
    this.#mirror = new LazyMirror(this.#buffer, this.#sizes);
    if (parts.prelude) this.#buffer.append(parts.prelude);
    const filter = new MarkerFilter(parts.nonce);
    this.#integration = parts.launch.integration;
    this.#foreground = new ForegroundWatch({
      clock: () => performance.now(),
      shell: basename(this.#options.shell).slice(0, longestComm),
      isReportingLines: parts.launch.isReportingLines,
      onNestedShell: this.#options.onNestedShell,
      onIntegrationLost: this.#options.onIntegrationLost,
    });
    const size = this.#size;
    const shell: OpenPtyOptions = {
      ...parts.launch,
      ...size,
      cwd: this.#options.cwd,
      // A killed shell may go on printing until it is gone: the stream is its successor's by then.
      onData: (bytes) => {
        if (this.#pty === pty) this.#receive(bytes, filter);
      },
      onExit: ({ exitCode, signal }) => {
        if (this.#pty === pty) this.#exited({ exitCode, ...(signal ? { signal: String(signal) } : {}) }, filter);
      },
    };
    const pty = await openPtyWithRoom(shell, this.#options.makeRoom);
    this.#pty = pty;
    this.#session = new ShellSession(pty.pid, this.#options.owner.uid);
    if (this.#isClosed) {
      this.#endParts();
      return this.#endSession();
    }
    // While room was made for it.
    if (!isSameSize(size, this.#size)) pty.resize(this.#size.cols, this.#size.rows);
    giveSlaveTo(pty, this.#options.owner.uid);
    preferAsVictim(pty.pid);
    this.#state = "ready";
    for (const viewer of this.#viewers.keys()) {
      if (!viewer.isWelcome) continue;
      viewer.say({ t: "resync", reason: "restart" });
      this.#hello(viewer, "delta", this.#sizes.first);
      viewer.startAt(0, 0);
    }
    this.#gather.flush();
    this.#options.onChange();
  }

  attach(socket: WebSocket, role: Role, id: string): void {
    const viewer = new Viewer(id, socket, role !== "student");
    this.#viewers.set(viewer, role);
    viewer.ping();
    socket.binaryType = "nodebuffer";
    socket.on("message", (data, isBinary) => {
      if (isBinary) this.#input(viewer, data as Buffer);
      else this.#message(viewer, String(data)).catch(() => socket.close(1011));
    });
    socket.on("error", () => socket.terminate());
    socket.once("close", () => {
      if (!this.#viewers.delete(viewer)) return;
      this.#resize(this.#active.left(viewer));
      this.#balance();
      this.#options.onViewer("detached", { id, role });
      this.#options.onChange();
    });
    this.#options.onViewer("attached", { id, role });
    this.#options.onChange();
  }

  marker(label: string): void {
    this.#gather.flush();
    this.#parts?.recorder?.marker(label);
  }

  /** Ends everything that the shell has started, and every viewer. */
  close(): void {
    if (this.#isClosed) return;
    for (const timer of this.#timers) clearInterval(timer);
    this.#gather.flush();
    const wasOpen = this.#state !== "exited";
    this.#state = "closed";
    this.#endSession();
    this.#endParts();
    for (const viewer of this.#viewers.keys()) {
      viewer.say({ t: "state", state: "closed" });
      viewer.socket.close(1001, "the terminal was closed");
    }
    this.#viewers.clear();
    this.#mirror.dispose();
    if (wasOpen) this.#options.onClosed({});
    this.#options.onChange();
  }

  /** @param data memory that the next read overwrites */
  #receive(data: Buffer, filter: MarkerFilter): void {
    const { output, markers, isBroken } = filter.push(data);
    this.#gather.push(output);
    clearTimeout(this.#holding);
    const { holding } = filter;
    if (holding !== "nothing") this.#holding = setTimeout(() => this.#giveUp(filter), heldMs[holding]);
    if (isBroken) this.#foreground?.brokeOff();
    if (markers.length > 0) {
      this.#gather.flush();
      markers.forEach((marker, index) => this.#track(marker, index >= markers.length - 2));
      for (const { kind } of markers) {
        if (kind === "level") this.#limitIntegration();
        else this.#foreground?.reported(kind);
      }
    }
  }

  /** What a shell reports, or somebody in its name, must not end the server that reads it. */
  #track(marker: ShellMarker, isLast: boolean): void {
    try {
      this.#parts?.tracker.take(marker, isLast);
    } catch (error) {
      this.#foreground?.lost(`what the shell reported could not be written down: ${String(error)}`);
    }
  }

  #limitIntegration(): void {
    this.#integration = "basic";
    this.#options.onChange();
  }

  /** What is held is output, unless it is ours: the rest of that may still come, and nobody else may see it. */
  #giveUp(filter: MarkerFilter): void {
    if (filter.holding === "ours") this.#foreground?.brokeOff();
    this.#gather.push(filter.release());
    this.#gather.flush();
  }

  /** Record, keep, send: nobody sees what is not written, or of a flood not about to be. */
  #output(bytes: Buffer): void {
    this.#activeAt = performance.now();
    this.#parts?.recorder?.output(bytes);
    this.#buffer.append(bytes);
    this.#pumpAll();
    this.#options.onOutput(bytes.length);
  }

  #pumpAll(): void {
    for (const viewer of this.#viewers.keys()) if (!viewer.pump(this.#buffer, this.#sizes)) this.#resync(viewer);
    this.#balance();
  }

  #resync(viewer: Viewer): void {
    if (viewer.isWaitingForSnapshot) return;
    viewer.isWaitingForSnapshot = true;
    viewer.say({ t: "resync", reason: "slow" });
    this.#offerSnapshot(viewer);
  }

  /** A snapshot is for who reads: sent too early it would be old by the time it is looked at. */
  #offerSnapshot(viewer: Viewer): void {
    if (!viewer.isWaitingForSnapshot || viewer.isBeingPainted || !viewer.isVisible || !viewer.hasReadWhatItGot) return;
    this.#sendSnapshot(viewer).catch(() => viewer.socket.terminate());
  }

  /** The recording has caught up with the output. */
  goOn(): void {
    this.#balance();
  }

  /**
   * The PTY waits only when every viewer that is seen is a window behind, or the recording too far; a slow viewer
   * never holds the others up.
   */
  #balance(): void {
    const live = [...this.#viewers.keys()].filter(({ isLive, isVisible }) => isLive && isVisible);
    const isSomebodyWithin = (part: number): boolean =>
      live.length === 0 ||
      live.some(
        ({ acknowledged, window }) =>
          this.#buffer.head - acknowledged <= window.bytes * (window.isInterrupted ? 1 : part),
      );
    // What is gathered lies before whoever looks, as what is under way does.
    this.#gather.limit =
      live.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...live.map(({ window }) => window.frameBytes));
    const isDiskSlow = this.#parts?.recorder?.isBehind === true;
    if (!this.#isPaused && (isDiskSlow || !isSomebodyWithin(1))) {
      this.#isPaused = true;
      this.#pty?.pause();
    } else if (this.#isPaused && !isDiskSlow && isSomebodyWithin(0.5)) {
      this.#isPaused = false;
      this.#pty?.resume();
    }
  }

  #input(viewer: Viewer, data: Buffer): void {
    const bytes = decodeViewerFrame(data);
    if (bytes === undefined || viewer.isReadOnly || this.#state !== "ready") return;
    if (isReport(bytes)) {
      if (!this.#active.is(viewer)) return;
    } else this.#resize(this.#active.typed(viewer));
    this.#foreground?.typed(bytes);
    if (this.#pty?.write(bytes) === false) viewer.say({ t: "notice", code: "not-read", message: notRead });
    // The kernel has thrown away what it could of a flood: little is left before the prompt.
    else if (isInterrupt(bytes)) {
      viewer.interrupts();
      this.#pumpAll();
    }
  }

  async #message(viewer: Viewer, text: string): Promise<void> {
    const acknowledged = readAck(text);
    if (acknowledged !== undefined) {
      this.#acknowledge(viewer, acknowledged);
      return;
    }
    const parsed = viewerMessageSchema.safeParse(JSON.parse(text));
    if (!parsed.success) {
      viewer.say({ t: "notice", code: "bad-message", message: "That message is none of this protocol." });
      return;
    }
    const message = parsed.data;
    switch (message.t) {
      case "attach":
        // A second one could ask for snapshots faster than anybody reads them.
        if (viewer.isWelcome) {
          viewer.say({ t: "notice", code: "attached-already", message: "This connection is attached already." });
          return;
        }
        viewer.isWelcome = true;
        viewer.isReadOnly ||= message.readOnly === true;
        if (message.cols !== undefined && message.rows !== undefined)
          this.#fit(viewer, { cols: message.cols, rows: message.rows });
        await this.#welcome(viewer, message.since);
        break;
      case "ack":
        this.#acknowledge(viewer, message.seq);
        break;
      case "ping":
        viewer.say({ t: "pong" });
        break;
      case "visible":
        viewer.isVisible = message.visible;
        this.#goOnWith(viewer);
        break;
      case "resize":
        this.#fit(viewer, { cols: message.cols, rows: message.rows });
        // Its screen has taken its own size already.
        if (!isSameSize(message, this.#size)) viewer.say({ t: "size", ...this.#size });
        break;
      case "restart":
        if (viewer.isReadOnly) return;
        await this.#restart(viewer, message.kill === true);
    }
  }

  async #restart(viewer: Viewer, isKilling: boolean): Promise<void> {
    if (this.#state === "ready") {
      if (!isKilling) {
        viewer.say({ t: "notice", code: "still-running", message: "The shell is still running." });
        return;
      }
      this.#endSession();
      this.#exited({}, undefined);
    }
    try {
      await this.start();
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      viewer.say({ t: "notice", code: "not-started", message: `No shell could be started: ${cause} Try again.` });
    }
  }

  #acknowledge(viewer: Viewer, seq: number): void {
    viewer.acknowledge(seq);
    this.#goOnWith(viewer);
  }

  /** It may be given more than before. */
  #goOnWith(viewer: Viewer): void {
    if (!this.#viewers.has(viewer)) return;
    if (!viewer.pump(this.#buffer, this.#sizes)) this.#resync(viewer);
    this.#offerSnapshot(viewer);
    this.#balance();
  }

  async #welcome(viewer: Viewer, since: { readonly epoch: string; readonly seq: number } | undefined): Promise<void> {
    this.#gather.flush();
    const canResume =
      since !== undefined &&
      since.epoch === this.#epoch &&
      since.seq >= this.#buffer.start &&
      since.seq <= this.#buffer.head;
    // A new viewer of a young shell gets everything from the beginning: exact, and without a mirror.
    const isWhole =
      since === undefined || since.epoch !== this.#epoch
        ? this.#buffer.start === 0 && this.#buffer.head <= wholeBytes
        : false;
    if (canResume) this.#hello(viewer, "delta", this.#sizes.at(since.seq));
    else this.#hello(viewer, "snapshot", this.#size);
    if (canResume) viewer.startAt(since.seq, this.#sizes.after(since.seq));
    else if (isWhole) this.#paint(viewer, { seq: 0, size: this.#sizes.first, nextSize: 0, text: "" });
    else {
      viewer.isAttached = true;
      viewer.isWaitingForSnapshot = true;
      await this.#sendSnapshot(viewer);
      return;
    }
    if (!viewer.pump(this.#buffer, this.#sizes)) this.#resync(viewer);
  }

  #hello(viewer: Viewer, resume: "delta" | "snapshot", size: Size): void {
    viewer.say({
      t: "hello",
      terminal: this.#options.name,
      epoch: this.#epoch,
      state: this.#state,
      ...(this.#exitCode === undefined ? {} : { exitCode: this.#exitCode }),
      head: this.#buffer.head,
      ...size,
      resume,
      integration: this.#integration,
      recording: this.#options.isRecording,
    });
  }

  async #sendSnapshot(viewer: Viewer): Promise<void> {
    viewer.isBeingPainted = true;
    const epoch = this.#epoch;
    let mirror: ScreenMirror;
    try {
      mirror = await this.#mirror.caughtUp();
    } finally {
      viewer.isBeingPainted = false;
    }
    if (!this.#viewers.has(viewer) || epoch !== this.#epoch) return;
    const { fed: seq, size, nextSize } = mirror;
    this.#paint(viewer, { seq, size, nextSize, text: mirror.snapshot() });
    if (!viewer.pump(this.#buffer, this.#sizes)) this.#resync(viewer);
  }

  #paint(viewer: Viewer, snapshot: Snapshot): void {
    viewer.sendSnapshot(snapshot, () => this.#goOnWith(viewer));
  }

  #fit(viewer: Viewer, size: Size): void {
    if (!viewer.isReadOnly) this.#resize(this.#active.fits(viewer, size));
  }

  #resize(size: Size | undefined): void {
    if (size === undefined || isSameSize(size, this.#size)) return;
    this.#gather.flush();
    this.#size = size;
    if (this.#state === "ready") this.#pty?.resize(size.cols, size.rows);
    this.#parts?.recorder?.resize(size.cols, size.rows);
    this.#sizes.push(this.#buffer.head, size);
    this.#pumpAll();
  }

  #exited(exit: { readonly exitCode?: number; readonly signal?: string }, filter: MarkerFilter | undefined): void {
    if (this.#state !== "ready") return;
    if (filter) this.#giveUp(filter);
    this.#ended(exit);
  }

  /** The shell is no more, or never was: the terminal stays, unless it is closed. */
  #ended(exit: { readonly exitCode?: number; readonly signal?: string }): void {
    this.#gather.flush();
    this.#endParts();
    if (this.#isClosed) return;
    this.#state = "exited";
    this.#exitCode = exit.exitCode;
    this.#pty = undefined;
    this.#isPaused = false;
    for (const viewer of this.#viewers.keys()) viewer.say({ t: "state", state: "exited", ...exit });
    this.#options.onClosed(exit);
    this.#options.onChange();
  }

  #endParts(): void {
    clearTimeout(this.#holding);
    this.#parts?.tracker.close();
    this.#parts?.recorder?.close();
    this.#parts?.launch.cleanUp();
  }

  #endSession(): void {
    this.#session?.end();
    this.#session = undefined;
  }

  #heartbeat(): void {
    for (const viewer of this.#viewers.keys()) {
      if (viewer.isAlive) {
        viewer.isAlive = false;
        viewer.ping();
      } else viewer.socket.terminate();
    }
  }

  /** Looks at the foreground process now and then: what runs inside the shell is out of its sight. */
  #watch(): void {
    if (this.#state === "exited" && this.#session?.members().length === 0) this.#session = undefined;
    if (this.#state !== "ready") return;
    this.#lookAtForeground();
    if (this.#foreground?.isInDoubt) setTimeout(() => this.#lookAtForeground(), doubtMs).unref();
    // Who wants a snapshot makes a new one, and hears why that is not possible.
    this.#mirror.look().catch(() => undefined);
  }

  #lookAtForeground(): void {
    const tracker = this.#parts?.tracker;
    if (this.#state !== "ready" || this.#pty === undefined || !tracker) return;
    const foreground = foregroundOf(this.#pty.pid);
    const { hasPrompt, isRunning } = tracker;
    if (foreground) this.#foreground?.look(foreground, { hasPrompt, isRunning, isBehind: this.#isPaused });
  }
}
