import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type BootView,
  controlPath,
  type LikelyMove,
  type ManagerMessage,
  managerMessageSchema,
  type NewRequest,
  newRequestSchema,
  parsePreviewPath,
  previewHeader,
  type RestoreOrder,
  type RuntimeConfig,
  runtimeConfigSchema,
  type WorkspaceMessage,
} from "@atelier/contract";
import { type WebSocket, WebSocketServer } from "ws";
import type { FakeVolume } from "./fake-volume.ts";

/** What goes wrong in containers of an image, for tests of what then happens. */
export interface FakeFaults {
  /** `onStart` fails in standby. */
  readonly standby?: string;
  /** It never gets as far as standing by. */
  readonly hangs?: boolean;
  /** It takes the lease and then cannot bring the files along. */
  readonly takeover?: string;
  /** It takes so long to bring the files along, in ms. */
  readonly takeoverMs?: number;
  /** It refuses to release. */
  readonly release?: string;
  /** It takes so long to save before it lets go, in ms. */
  readonly releaseMs?: number;
  /** A check takes so long, in ms. */
  readonly checkMs?: number;
  /** It hears every request and ends the connection instead of an answer. */
  readonly mute?: boolean;
}

export interface FakeServerOptions {
  readonly container: string;
  /** Image: `start` or a step. */
  readonly image: string;
  readonly steps: readonly string[];
  readonly volume: FakeVolume;
  /** The container's own layer: lives on over stop and start. */
  readonly layer: Map<string, string>;
  readonly faults: () => FakeFaults;
  /** Where it listens. */
  readonly port: number;
  /** Steps whose check has passed. */
  readonly passed: ReadonlySet<string>;
}

export type ManagerStatus = Extract<ManagerMessage, { t: "status" }>;

/** A workspace server that speaks the contracts over real HTTP and WebSocket, without shells and files. */
export interface FakeWorkspaceServer {
  readonly port: number;
  readonly boot: BootView;
  /** How many managers have connected so far. */
  readonly managers: number;
  /** What the manager last said of its time. */
  readonly status: ManagerStatus | undefined;
  /** Of the workspace's own cluster, as it came with the configuration, or afterwards. */
  readonly kubeconfig: string | undefined;
  /** The files of `receive-config`. */
  configure(files: Readonly<Record<string, string>>): void;
  /** A check finished: tells the manager. */
  checked(step: string): void;
  /** The student is being asked whether they mean it. */
  asks(likely: LikelyMove): void;
  /** Its programs write as fast as they can. */
  writes(isHeavy: boolean): void;
  /** As SIGKILL would. */
  kill(): void;
  /** As SIGTERM would. */
  stop(): void;
}

/** What a fresh layer gets without an order: what was saved since the last move, else what that brought along. */
const lostWith = (events: FakeVolume["events"], image: string): RestoreOrder => {
  let files: RestoreOrder = { kind: "none" };
  let standsOn: unknown;
  let isLeft = false;
  for (const { type, detail } of events) {
    if (type === "checkpoint") files = { kind: "exact", checkpoint: String(detail["id"]) };
    if (type === "restored")
      files = { kind: detail["kind"] as RestoreOrder["kind"], checkpoint: String(detail["checkpoint"]) };
    if (type === "released") isLeft = detail["reason"] !== "stop";
    if (type !== "server-started") continue;
    if (isLeft || standsOn !== detail["image"]) files = { kind: "none" };
    [standsOn, isLeft] = [detail["image"], false];
  }
  if (standsOn === image) return files;
  return isLeft || files.kind === "none" ? { kind: "none" } : { ...files, kind: "carry-over" };
};

/** Where undo leads, as the real one tells a manager whose container knows nothing of it: what the last move left. */
const undoOf = (events: FakeVolume["events"]): Pick<NewRequest, "checkpoint" | "image"> => {
  let left: Pick<NewRequest, "checkpoint" | "image"> | undefined;
  let undo: typeof left;
  for (const { type, detail } of events) {
    if (type === "released" && detail["reason"] !== "stop")
      left = { checkpoint: String(detail["checkpoint"]), image: String(detail["image"]) };
    if (type === "server-started") [undo, left] = [left ?? undo, undefined];
  }
  return undo ?? {};
};

export const startFakeServer = async (options: FakeServerOptions): Promise<FakeWorkspaceServer> => {
  const { container, image, volume, layer, faults } = options;
  let phase: Pick<BootView, "phase" | "cause"> = { phase: "config" };
  let config: RuntimeConfig | undefined;
  let tokens: Readonly<Record<string, string>> = {};
  let kubeconfig: string | undefined;
  let control: WebSocket | undefined;
  let isDead = false;
  let step: string | undefined;
  let status: ManagerStatus | undefined;
  let managers = 0;
  const holds = (): boolean => volume.holder === container;
  const boot = (): BootView => ({ ...phase, elapsedMs: 1 });
  const send = (message: WorkspaceMessage): void => {
    if (control?.readyState === control?.OPEN) control?.send(JSON.stringify(message));
  };
  const setPhase = (next: typeof phase): void => {
    phase = next;
    send({ t: "boot", boot: boot() });
  };
  const append = (type: string, detail?: Readonly<Record<string, unknown>>): void =>
    volume.append(container, { type, ...(detail ? { detail } : {}) });

  const imageFiles = (): [string, string][] =>
    ["start", ...options.steps]
      .slice(0, ["start", ...options.steps].indexOf(image) + 1)
      .map((made) => [`/image/${made}`, made]);
  if (layer.size === 0) for (const [path, text] of imageFiles()) layer.set(path, text);

  const restore = ({ kind, checkpoint }: RestoreOrder): void => {
    const saved = volume.checkpoints.find(({ id }) => checkpoint === undefined || id === checkpoint);
    if (kind === "none" || saved === undefined) return;
    append("restored", { kind, checkpoint: saved.id });
    if (kind === "exact") layer.clear();
    for (const [path, text] of saved.contents)
      if (kind === "exact" || !path.startsWith("/image/")) layer.set(path, text);
  };
  /** Before anything is restored, as the real one does: everything after it belongs to this container. */
  const begin = (): void => append("server-started", { image });
  const becomeReady = (): void => {
    step = config?.step;
    if (step !== undefined) append("step-entered", { step });
    append("ready");
    setPhase({ phase: "ready" });
  };
  const bootNormally = (): void => {
    if (isDead) return;
    setPhase({ phase: "lease" });
    if (!volume.tryLease(container)) {
      setTimeout(bootNormally, 10);
      return;
    }
    const lost = lostWith(volume.events, image);
    begin();
    if (!layer.has("/lived")) restore(lost);
    layer.set("/lived", "yes");
    becomeReady();
  };
  const bootInStandby = (): void => {
    const { standby, hangs } = faults();
    if (hangs) setPhase({ phase: "onStart" });
    else setPhase(standby === undefined ? { phase: "standby" } : { phase: "failed", cause: standby });
  };
  const saveChanges = (reason: "swap" | "stop"): string => {
    const id = `c${volume.checkpoints.length + 1}`;
    const contents = new Map([...layer].filter(([path]) => path !== "/lived"));
    volume.save(container, {
      id,
      at: new Date().toISOString(),
      step: image,
      reason,
      files: contents.size,
      bytes: 0,
      skipped: [],
      contents,
    });
    append("checkpoint", { id });
    return id;
  };
  const release = (reason: string): { checkpoint: string } | undefined => {
    if (!holds()) return undefined;
    const checkpoint = saveChanges(reason === "stop" ? "stop" : "swap");
    append("released", { reason, image, checkpoint });
    volume.freeLease(container);
    send({ t: "lease", holdsLease: false });
    return { checkpoint };
  };

  const receive = (text: string): void => {
    const message = managerMessageSchema.parse(JSON.parse(text));
    if (message.t === "status") status = message;
    if (message.t === "acknowledge" && holds() && volume.outstanding().has(message.id))
      append("request-acknowledged", { id: message.id, outcome: message.outcome, cause: message.cause });
    if (!("call" in message)) return;
    const answer = (ok: boolean, more: object = {}): void => send({ t: "answer", call: message.call, ok, ...more });
    if (message.t === "release") {
      const { release: fault, releaseMs = 0 } = faults();
      const letGo = (): void => answer(true, { result: release(message.reason) ?? {} });
      if (fault !== undefined) answer(false, { cause: fault });
      else if (releaseMs === 0) letGo();
      else setTimeout(letGo, releaseMs);
    } else if (message.t === "take-lease") {
      if (!volume.tryLease(container)) {
        answer(false, { cause: `${volume.holder} holds the lease` });
        return;
      }
      send({ t: "lease", holdsLease: true });
      answer(true);
      setPhase({ phase: "restore" });
      const { takeover, takeoverMs = 0 } = faults();
      if (takeover !== undefined) {
        setPhase({ phase: "failed", cause: takeover });
        return;
      }
      const arrive = (): void => {
        begin();
        restore(message.restore ?? { kind: "none" });
        layer.set("/lived", "yes");
        becomeReady();
      };
      if (takeoverMs === 0) arrive();
      else setTimeout(arrive, takeoverMs);
    } else if (message.t === "check") {
      const checked = {
        result: {
          step: message.step,
          outcome: options.passed.has(message.step) ? "passed" : "failed",
          assertions: [],
          at: new Date().toISOString(),
          durationMs: 1,
          trigger: "manager",
          ...(message.goss === undefined ? {} : { cause: message.goss }),
        },
      };
      setTimeout(() => answer(true, checked), faults().checkMs ?? 0).unref();
    } else if (message.t === "kubeconfig") {
      kubeconfig = message.text;
      answer(true);
    } else answer(false, { cause: "not offered" });
  };

  const roleOf = (request: IncomingMessage): string | undefined => {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const cookie = /atelier_fake=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
    return Object.keys(tokens).find((role) => tokens[role] === (bearer ?? cookie));
  };
  const json = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? "/";
    const { pathname, searchParams } = new URL(url, "http://fake.invalid");
    if (pathname === "/api/boot") return json(response, 200, boot());
    const preview = parsePreviewPath(url);
    if (preview)
      return json(response, request.headers[previewHeader] === tokens["control"] ? 200 : 404, {
        ...preview,
        headers: request.headers,
      });
    if (!config?.origins.some((origin) => origin === `http://${request.headers.host}`))
      return json(response, 421, { code: "wrong-host", message: "wrong host", fields: [] });
    if (request.headers.origin !== undefined && !config.origins.includes(request.headers.origin))
      return json(response, 403, { code: "wrong-origin", message: "wrong origin", fields: [] });
    if (pathname === "/login") {
      const token = searchParams.get("token");
      if (token !== tokens["student"]) return json(response, 401, { code: "wrong-token", message: "no", fields: [] });
      response
        .writeHead(303, { Location: "/", "Set-Cookie": `atelier_fake=${token}; Path=/; HttpOnly; SameSite=Strict` })
        .end();
      return;
    }
    if (pathname === "/echo") return json(response, 200, { container, image, url, headers: request.headers });
    if (pathname === "/api/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write(`data: first from ${container}\n\n`);
      return;
    }
    if (roleOf(request) === undefined) return json(response, 401, { code: "not-logged-in", message: "no", fields: [] });
    if (!holds()) return json(response, 503, { code: "not-ready", message: "still starting", fields: [] });
    let body = "";
    for await (const chunk of request) body += String(chunk);
    if (pathname === "/api/requests") {
      if (!holds())
        return json(response, 503, { code: "not-ready", message: "The workspace is still starting.", fields: [] });
      const asked = newRequestSchema.parse(JSON.parse(body));
      const isOpen = asked.kind === "undo" && asked.checkpoint === undefined;
      const wanted = isOpen ? { ...asked, ...undoOf(volume.events) } : asked;
      const id = crypto.randomUUID();
      append("request", { id, ...wanted });
      send({ t: "request", id, request: wanted, by: "student" });
      return json(response, 202, { id, state: "outstanding" });
    }
    const entered = /^\/api\/steps\/([^/]+)\/enter$/.exec(pathname)?.[1];
    if (entered !== undefined) {
      step = entered;
      append("step-entered", { step });
      return json(response, 200, {});
    }
    if (pathname === "/api/checkpoints")
      return json(
        response,
        200,
        volume.checkpoints.map(({ contents: _contents, ...view }) => view),
      );
    if (pathname === "/files") {
      if (request.method === "POST") {
        // Whoever writes without the lease is told on.
        append("file-written", { path: searchParams.get("path") });
        layer.set(searchParams.get("path") ?? "/x", body);
      }
      return json(response, 200, Object.fromEntries([...layer].filter(([path]) => path !== "/lived")));
    }
    if (pathname === "/api/workspace") return json(response, 200, workspaceView());
    json(response, 404, { code: "not-found", message: "nothing here", fields: [] });
  };

  const workspaceView = (): unknown => ({
    workspaceId: config?.workspaceId,
    workspaceName: config?.workspaceName,
    displayName: "",
    role: "student",
    workshop: {
      name: "fake",
      version: "1",
      title: "Fake",
      description: "",
      language: "en",
      authors: [],
      navigation: "free",
      next: "swap",
      hasIntro: false,
      hasFinish: false,
      tabs: [],
      editor: false,
      privileged: false,
    },
    boot: boot(),
    steps: options.steps.map((id, index) => ({
      id,
      number: index + 1,
      title: id,
      state: options.passed.has(id) ? "passed" : "open",
      hasCheck: true,
    })),
    ...(step === undefined ? {} : { currentStep: step }),
    finished: false,
    recording: { commands: "on", terminal: "on" },
    webTerminal: true,
    extendable: false,
    notices: [],
    transitions: control !== undefined,
  });

  const server: Server = createServer((request, response) => {
    if (faults().mute) {
      request.socket.destroy();
      return;
    }
    serve(request, response).catch((error: unknown) => {
      json(response, 400, { code: "bad-request", message: String(error), fields: [] });
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const { pathname } = new URL(request.url ?? "/", "http://fake.invalid");
    const isControl = pathname === controlPath;
    if (config === undefined || (isControl && roleOf(request) !== "control")) {
      socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (!isControl) {
        webSocket.on("message", (data) => webSocket.send(`${container}: ${data}`));
        return;
      }
      control?.close(4001, "another manager connected");
      control = webSocket;
      managers++;
      webSocket.on("message", (data) => receive(String(data)));
      webSocket.once("close", () => {
        if (control === webSocket) control = undefined;
      });
      send({
        t: "hello",
        workspaceId: config?.workspaceId ?? "",
        step: image,
        planDigest: "",
        contract: 1,
        holdsLease: holds(),
      });
      send({ t: "boot", boot: boot() });
      if (holds())
        for (const [id, { id: _id, ...request }] of volume.outstanding())
          send({ t: "request", id, request: newRequestSchema.parse(request), by: "student" });
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port, "127.0.0.1", resolve));

  const kill = (): void => {
    isDead = true;
    volume.freeLease(container);
    for (const client of sockets.clients) client.terminate();
    server.closeAllConnections();
    server.close();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get boot() {
      return boot();
    },
    get managers() {
      return managers;
    },
    get status() {
      return status;
    },
    get kubeconfig() {
      return kubeconfig;
    },
    configure: (files) => {
      kubeconfig = files["kubeconfig"];
      config = runtimeConfigSchema.parse(JSON.parse(files["config.json"] ?? ""));
      tokens = { student: files["student.token"] ?? "", control: files["control.token"] ?? "" };
      if (config.mode === "standby") bootInStandby();
      else bootNormally();
    },
    checked: (done) => send({ t: "activity", at: new Date().toISOString(), kind: "check", done }),
    asks: (likely) => send({ t: "activity", at: new Date().toISOString(), kind: "request", likely }),
    writes: (isHeavy) => send({ t: "writing", isHeavy }),
    kill,
    stop: () => {
      release("stop");
      kill();
    },
  };
};
