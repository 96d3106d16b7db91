import {
  type AuthorDiagnostic,
  type BootView,
  type ManagerMessage,
  managerMessageSchema,
  type NewRequest,
  type WorkspaceMessage,
} from "@atelier/contract";
import type { WebSocket } from "ws";

export type ManagerStatus = Extract<ManagerMessage, { t: "status" }>;
/** What the server does when the manager asks; a thrown error becomes `{ok: false, cause}`. */
export type ControlHandler = (
  message: Exclude<ManagerMessage, { t: "hello" | "status" | "acknowledge" | "diagnostics" }>,
) => Promise<unknown>;

export interface OutstandingRequest {
  readonly id: string;
  readonly request: NewRequest;
  readonly by: "student" | "instructor" | "system";
}

/** The manager's connection: at most one counts, the newest. */
export interface ControlHub {
  readonly isConnected: boolean;
  readonly status: ManagerStatus | undefined;
  /** What is wrong with the folder of an author at work. */
  readonly diagnostics: readonly AuthorDiagnostic[];
  accept(socket: WebSocket): void;
  /** Sends a message when a manager listens; requests are repeated at every connect anyway. */
  send(message: WorkspaceMessage): void;
  close(): void;
}

export interface ControlHubOptions {
  readonly hello: () => Extract<WorkspaceMessage, { t: "hello" }>;
  readonly boot: () => BootView;
  readonly outstanding: () => readonly OutstandingRequest[];
  readonly handle: ControlHandler;
  readonly onAcknowledge: (message: Extract<ManagerMessage, { t: "acknowledge" }>) => void;
  readonly onChange: () => void;
}

export const createControlHub = (options: ControlHubOptions): ControlHub => {
  let current: WebSocket | undefined;
  let status: ManagerStatus | undefined;
  let diagnostics: readonly AuthorDiagnostic[] = [];

  const sendTo = (socket: WebSocket, message: WorkspaceMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };

  const receive = async (socket: WebSocket, message: ManagerMessage): Promise<void> => {
    switch (message.t) {
      case "hello":
        return;
      case "diagnostics":
        diagnostics = message.diagnostics;
        options.onChange();
        return;
      case "status":
        status = message;
        options.onChange();
        return;
      case "acknowledge":
        options.onAcknowledge(message);
        return;
      default:
        try {
          const result = await options.handle(message);
          sendTo(socket, { t: "answer", call: message.call, ok: true, ...(result === undefined ? {} : { result }) });
        } catch (error) {
          sendTo(socket, { t: "answer", call: message.call, ok: false, cause: (error as Error).message });
        }
    }
  };

  return {
    get isConnected() {
      return current !== undefined;
    },
    get status() {
      return status;
    },
    get diagnostics() {
      return diagnostics;
    },
    accept: (socket) => {
      current?.close(4001, "another manager connected");
      current = socket;
      socket.on("message", (data, isBinary) => {
        let value: unknown;
        try {
          value = isBinary ? undefined : JSON.parse(String(data));
        } catch {
          value = undefined;
        }
        const parsed = managerMessageSchema.safeParse(value);
        if (parsed.success) receive(socket, parsed.data).catch(() => socket.close(1011));
        else socket.close(1007, "not a control message");
      });
      socket.on("error", () => socket.terminate());
      socket.once("close", () => {
        if (current !== socket) return;
        current = undefined;
        status = undefined;
        options.onChange();
      });
      sendTo(socket, options.hello());
      sendTo(socket, { t: "boot", boot: options.boot() });
      for (const { id, request, by } of options.outstanding()) sendTo(socket, { t: "request", id, request, by });
      options.onChange();
    },
    send: (message) => {
      if (current) sendTo(current, message);
    },
    close: () => current?.close(1001),
  };
};
