import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { freePort } from "@atelier/backend-docker";
import { labels } from "@atelier/domain";
import { createFakeVolume, type FakeVolume } from "./fake-volume.ts";
import { type FakeFaults, type FakeWorkspaceServer, startFakeServer } from "./fake-workspace-server.ts";

interface FakeContainer {
  readonly id: string;
  name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly volume: string;
  state: "created" | "running" | "exited";
  finishedAt: string;
  server: FakeWorkspaceServer | undefined;
  readonly layer: Map<string, string>;
  /** Its server does not start by itself; ends with whoever holds its stdin. */
  readonly waits: boolean;
  /** Name of the service that it is, with no server of ours in it. */
  readonly service: string | undefined;
  /** Somebody holds its stdin. */
  isHeld: boolean;
  /** As the engine keeps them: what a container was made with, and what it was given since. */
  readonly limits: Record<string, unknown>;
  /** Published, whether somebody listens there or not. */
  port: number;
}

/** As much of a Docker engine's API as workspaces need, over a real socket, with fake servers as containers. */
export interface FakeEngine extends AsyncDisposable {
  readonly containers: ReadonlyMap<string, Readonly<FakeContainer>>;
  /** By name; made on first need, like an engine does. */
  volume(name: string): FakeVolume;
  /** What goes wrong in containers of an image made from now on, or until it is taken back. */
  faults: Readonly<Record<string, FakeFaults>>;
  readonly passed: Set<string>;
  /** Calls that were made, `POST /containers/create` and so on. */
  readonly calls: string[];
  /** Told of each call before anything comes of it: `POST rename`. */
  onCall: (call: string) => void;
  /** As `docker kill`, `docker stop`, `docker start` by somebody else. */
  kill(id: string): void;
  stop(id: string): void;
  start(id: string): Promise<void>;
  /** As `docker rm -f`. */
  remove(id: string): void;
}

export interface FakeEngineOptions {
  readonly socketPath: string;
  readonly steps: readonly string[];
}

export const startFakeEngine = async ({ socketPath, steps }: FakeEngineOptions): Promise<FakeEngine> => {
  const containers = new Map<string, FakeContainer>();
  const volumes = new Map<string, FakeVolume>();
  const volumeLabels = new Map<string, Record<string, string>>();
  const followers = new Set<ServerResponse>();
  const execs = new Map<string, string>();
  const passed = new Set<string>();
  const calls: string[] = [];
  let ids = 0;
  let onCall: (call: string) => void = () => {};
  let faults: Readonly<Record<string, FakeFaults>> = {};

  const volume = (name: string): FakeVolume => {
    const made = volumes.get(name) ?? createFakeVolume();
    volumes.set(name, made);
    return made;
  };
  const tell = (Action: string, { id, labels: Attributes }: FakeContainer): void => {
    for (const follower of followers)
      follower.write(`${JSON.stringify({ Type: "container", Action, Actor: { ID: id, Attributes }, time: 1 })}\n`);
  };
  const end = (container: FakeContainer, how: "kill" | "stop"): void => {
    if (container.state !== "running") return;
    container.server?.[how]();
    container.server = undefined;
    container.state = "exited";
    container.finishedAt = new Date().toISOString();
    tell("die", container);
  };
  const start = async (container: FakeContainer): Promise<void> => {
    if (container.state === "running") return;
    container.state = "running";
    container.port = await freePort();
    // One that has lived waits no more.
    if (container.service === undefined && (!container.waits || container.layer.size > 0)) await serve(container);
    tell("start", container);
  };
  const serve = async (container: FakeContainer): Promise<void> => {
    container.server = await startFakeServer({
      container: container.id,
      image: container.image,
      steps,
      volume: volume(container.volume),
      layer: container.layer,
      faults: () => faults[container.image] ?? {},
      passed,
      port: container.port,
    });
  };
  /** Stdin of a first process, as far as it has come: an order to start, then the configuration. */
  const hear = async (
    container: FakeContainer,
    { text, isOver }: { readonly text: string; readonly isOver: boolean },
  ): Promise<void> => {
    if (container.state !== "running") return;
    if (container.server === undefined && text.startsWith("\n")) await serve(container);
    const line = /^\n?(\{.*\})\n/.exec(text)?.[1];
    if (line !== undefined && container.server?.boot.phase === "config")
      container.server.configure(JSON.parse(line) as Record<string, string>);
    else if (isOver && container.server === undefined) end(container, "kill");
  };
  const remove = (container: FakeContainer): void => {
    end(container, "kill");
    containers.delete(container.id);
    tell("destroy", container);
  };
  const find = (reference: string): FakeContainer | undefined =>
    containers.get(reference) ?? [...containers.values()].find(({ name }) => name === reference);

  const matches = (all: Readonly<Record<string, string>>, query: URLSearchParams): boolean => {
    const filters = JSON.parse(query.get("filters") ?? "{}") as { label?: string[] };
    return (filters.label ?? []).every((selector) => {
      const [key = "", ...value] = selector.split("=");
      return value.length === 0 ? key in all : all[key] === value.join("=");
    });
  };
  const inspect = (container: FakeContainer): unknown => ({
    Id: container.id,
    Name: `/${container.name}`,
    Image: `image-${container.image}`,
    Created: "2026-01-01T00:00:00Z",
    State: {
      Status: container.state,
      Running: container.state === "running",
      Pid: 1,
      ExitCode: 0,
      StartedAt: "",
      FinishedAt: container.finishedAt,
    },
    Config: { Labels: container.labels },
    HostConfig: container.limits,
    NetworkSettings: {
      Ports:
        container.state === "running"
          ? { "7681/tcp": [{ HostIp: "127.0.0.1", HostPort: String(container.port) }] }
          : {},
      Networks: {},
    },
  });

  const handle = async (request: IncomingMessage): Promise<{ status: number; body?: unknown }> => {
    const url = new URL(request.url ?? "/", "http://engine.invalid");
    const path = url.pathname.replace(/^\/v[0-9.]+/, "");
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
    calls.push(`${request.method} ${path}`);
    const [, kind, reference = "", verb = ""] = path.split("/").map(decodeURIComponent);
    onCall(`${request.method} ${verb || kind}`);
    const missing = { status: 404, body: { message: `No such thing: ${path}` } };
    if (path === "/version") return { status: 200, body: { Version: "fake", ApiVersion: "1.41" } };
    if (path === "/info")
      return {
        status: 200,
        body: {
          ServerVersion: "fake",
          Architecture: "x86_64",
          OSType: "linux",
          OperatingSystem: "fake",
          NCPU: 1,
          MemTotal: 1,
          Driver: "fake",
          DockerRootDir: "/",
        },
      };
    if (kind === "images" && verb === "json")
      return {
        status: 200,
        body: {
          Id: reference,
          Architecture: "amd64",
          Os: "linux",
          Size: 1,
          Config: { Labels: { [labels.platformContract]: "1" } },
        },
      };
    if (kind === "volumes" && request.method === "GET")
      return {
        status: 200,
        body: {
          Volumes: [...volumeLabels]
            .filter(([, all]) => matches(all, url.searchParams))
            .map(([Name, Labels]) => ({ Name, Labels })),
        },
      };
    if (path === "/volumes/create") {
      volumeLabels.set(String(body["Name"]), body["Labels"] as Record<string, string>);
      return { status: 201, body: {} };
    }
    if (kind === "volumes" && request.method === "DELETE") {
      volumeLabels.delete(reference);
      return { status: 204 };
    }
    if (path === "/networks/create") return { status: 201, body: { Id: "n1" } };
    if (kind === "networks") return { status: 200, body: [] };
    if (path === "/containers/json")
      return {
        status: 200,
        body: [...containers.values()]
          .filter((container) => matches(container.labels, url.searchParams))
          .map((container) => ({
            Id: container.id,
            Names: [`/${container.name}`],
            Image: container.image,
            ImageID: container.image,
            State: container.state,
            Status: "",
            Created: 1,
            Labels: container.labels,
          })),
      };
    if (path === "/containers/create") {
      const name = url.searchParams.get("name") ?? `c${ids}`;
      if (find(name)) return { status: 409, body: { message: `The name ${name} is in use` } };
      const own = body["Labels"] as Record<string, string>;
      const settings = JSON.parse(own["dev.atelier.settings"] ?? "{}") as { image: string };
      const host = body["HostConfig"] as { Mounts?: { Source: string }[]; NanoCpus?: number };
      const service = own["dev.atelier.service"];
      const container: FakeContainer = {
        id: `f${String(++ids).padStart(3, "0")}`,
        name,
        labels: own,
        image: service === undefined ? settings.image : String(body["Image"]),
        service,
        volume: host.Mounts?.[0]?.Source ?? "",
        state: "created",
        finishedAt: "0001-01-01T00:00:00Z",
        server: undefined,
        layer: new Map(),
        isHeld: false,
        limits: host.NanoCpus === undefined ? {} : { NanoCpus: host.NanoCpus },
        waits: own["dev.atelier.waits"] !== undefined,
        port: 0,
      };
      containers.set(container.id, container);
      return { status: 201, body: { Id: container.id } };
    }
    if (kind === "exec") return { status: 200, body: { ExitCode: 0 } };
    const container = find(reference);
    if (kind !== "containers" || container === undefined) return missing;
    if (request.method === "DELETE") {
      remove(container);
      return { status: 204 };
    }
    switch (verb) {
      case "json":
        return { status: 200, body: inspect(container) };
      case "start":
        await start(container);
        return { status: 204 };
      case "stop":
        end(container, "stop");
        return { status: 204 };
      case "rename":
        container.name = url.searchParams.get("name") ?? "";
        return { status: 204 };
      case "update":
        // As the real one: one way of limiting a processor excludes the other.
        if ("CpuQuota" in body && "NanoCpus" in container.limits)
          return { status: 409, body: { message: "CPU Quota cannot be updated as NanoCPUs has already been set" } };
        Object.assign(container.limits, body);
        return { status: 200, body: { Warnings: [] } };
      case "exec": {
        const id = `e${++ids}`;
        execs.set(id, container.id);
        return { status: 201, body: { Id: id } };
      }
      default:
        return missing;
    }
  };

  const server = createServer((request, response) => {
    if ((request.url ?? "").includes("/events?")) {
      response.writeHead(200).flushHeaders();
      followers.add(response);
      response.once("close", () => followers.delete(response));
      return;
    }
    handle(request).then(
      ({ status, body }) => response.writeHead(status).end(body === undefined ? "" : JSON.stringify(body)),
      (error: unknown) => response.writeHead(500).end(JSON.stringify({ message: String(error) })),
    );
  });
  // Attached to a first process: what comes is its stdin, line by line; the end of it is its end, too.
  const attach = (container: FakeContainer, socket: Duplex, head: Buffer): void => {
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    container.isHeld = true;
    let text = head.toString("utf8");
    let last: Promise<void> = Promise.resolve();
    const take = (isOver: boolean): void => {
      last = last.then(() => hear(container, { text, isOver })).catch(() => void socket.destroy());
    };
    socket.on("data", (data: Buffer) => {
      text += data.toString("utf8");
      take(false);
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => take(true)).once("end", () => socket.end());
  };
  // `POST /exec/<id>/start` takes the connection over: what comes is the stdin of `receive-config`.
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const attached = /\/containers\/([^/]+)\/attach/.exec(request.url ?? "")?.[1];
    if (attached !== undefined) {
      const container = find(attached);
      if (container) attach(container, socket, head);
      else socket.destroy();
      return;
    }
    const exec = /\/exec\/([^/]+)\/start/.exec(request.url ?? "")?.[1] ?? "";
    // The request's own body, which Node hands to the request or leaves in front of what is upgraded to.
    const own = '{"Detach":false,"Tty":false}';
    request.resume();
    const chunks: Buffer[] = [head];
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    socket.on("data", (data: Buffer) => chunks.push(data));
    socket.on("error", () => socket.destroy());
    socket.once("end", () => {
      const all = Buffer.concat(chunks).toString("utf8");
      const text = all.startsWith(own) ? all.slice(own.length) : all;
      const container = containers.get(execs.get(exec) ?? "");
      // Cut off when its sender is killed; `receive-config` then writes nothing.
      if (text.endsWith("}")) container?.server?.configure(JSON.parse(text) as Record<string, string>);
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));

  return {
    containers,
    volume,
    passed,
    calls,
    get onCall() {
      return onCall;
    },
    set onCall(next) {
      onCall = next;
    },
    get faults() {
      return faults;
    },
    set faults(next) {
      faults = next;
    },
    kill: (id) => {
      const container = find(id);
      if (container) end(container, "kill");
    },
    stop: (id) => {
      const container = find(id);
      if (container) end(container, "stop");
    },
    remove: (id) => {
      const container = find(id);
      if (container) remove(container);
    },
    start: async (id) => {
      const container = find(id);
      if (container) await start(container);
    },
    [Symbol.asyncDispose]: async () => {
      for (const container of containers.values()) container.server?.kill();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
