import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { isAppError } from "@atelier/domain";
import { findEndpoint, parseEndpoint } from "./endpoint.ts";

const codeOf = async (work: () => unknown): Promise<string | undefined> => {
  try {
    await work();
    return undefined;
  } catch (error) {
    return isAppError(error) ? error.code : String(error);
  }
};

/** A home with a `docker` on PATH that knows one context. */
const withHome = async (
  context: string | undefined,
  run: (env: Record<string, string>, listen: (path: string) => Promise<string>) => Promise<void>,
): Promise<void> => {
  const home = await mkdtemp(join(tmpdir(), "atelier-endpoint-"));
  const servers: ReturnType<typeof createServer>[] = [];
  try {
    const bin = join(home, "bin");
    await mkdir(bin);
    await writeFile(
      join(bin, "docker"),
      context === undefined ? "#!/bin/sh\nexit 1\n" : `#!/bin/sh\necho ${context}\n`,
    );
    await chmod(join(bin, "docker"), 0o755);
    await mkdir(join(home, ".docker"));
    await writeFile(join(home, ".docker/config.json"), JSON.stringify({ currentContext: context && "chosen" }));
    await run({ PATH: `${bin}:/usr/bin:/bin`, HOME: home, XDG_RUNTIME_DIR: join(home, "run") }, async (path) => {
      const socket = join(home, path);
      await mkdir(dirname(socket), { recursive: true });
      const server = createServer();
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      return socket;
    });
  } finally {
    for (const server of servers) server.close();
    await rm(home, { recursive: true });
  }
};

test("endpoints are sockets or plain tcp", async () => {
  assert.deepEqual(parseEndpoint("unix:///run/d.sock"), { kind: "socket", path: "/run/d.sock" });
  assert.deepEqual(parseEndpoint("tcp://10.0.0.1:2375"), { kind: "tcp", host: "10.0.0.1", port: 2375 });
  assert.deepEqual(parseEndpoint("tcp://[::1]:2375/"), { kind: "tcp", host: "::1", port: 2375 });
  for (const text of ["ssh://me@host", "npipe:////./pipe/docker_engine", "tcp://host", ""])
    assert.equal(await codeOf(() => parseEndpoint(text)), "docker-endpoint", text);
});

test("DOCKER_HOST wins over every context", () =>
  withHome("unix:///context.sock", async (env) => {
    assert.deepEqual(await findEndpoint({ ...env, DOCKER_HOST: "unix:///mine.sock" }), {
      kind: "socket",
      path: "/mine.sock",
    });
  }));

test("the current context names the endpoint, even when nothing listens there", () =>
  withHome("unix:///nowhere/colima.sock", async (env) => {
    assert.deepEqual(await findEndpoint(env), { kind: "socket", path: "/nowhere/colima.sock" });
  }));

test("the docker CLI is asked only when somebody chose a context", () =>
  withHome("unix:///chosen.sock", async (env, listen) => {
    const chosen = { kind: "socket", path: "/chosen.sock" };
    const system = await listen("system.sock");
    assert.deepEqual(await findEndpoint(env, system), chosen);
    assert.deepEqual(await findEndpoint({ ...env, DOCKER_CONTEXT: "default" }, system), { ...chosen, path: system });
    const config = join(env.HOME ?? "", ".docker/config.json");
    await writeFile(config, JSON.stringify({ auths: {} }));
    assert.deepEqual(await findEndpoint(env, system), { ...chosen, path: system });
    assert.deepEqual(await findEndpoint({ ...env, DOCKER_CONTEXT: "other" }, system), chosen);
    await writeFile(config, "{ torn");
    assert.deepEqual(await findEndpoint(env, system), chosen, "the CLI may read what we cannot");
    await rm(config);
    assert.deepEqual(await findEndpoint(env, system), { ...chosen, path: system });
  }));

test("an endpoint over TLS is refused with a way out instead of broken bytes", () =>
  withHome(undefined, async (env) => {
    const secured = { ...env, DOCKER_HOST: "tcp://host:2376", DOCKER_TLS_VERIFY: "1" };
    assert.equal(await codeOf(() => findEndpoint(secured)), "docker-endpoint");
  }));

test("without a CLI the sockets of rootless engines and Docker Desktop are tried", () =>
  withHome(undefined, async (env, listen) => {
    const system = join(env.HOME ?? "", "system.sock");
    assert.deepEqual(await findEndpoint(env, system), { kind: "socket", path: system }, "nothing there: name a place");
    const desktop = await listen(".docker/run/docker.sock");
    assert.deepEqual(await findEndpoint(env, system), { kind: "socket", path: desktop });
    const rootless = await listen("run/docker.sock");
    assert.deepEqual(await findEndpoint(env, system), { kind: "socket", path: rootless });
    await listen("system.sock");
    assert.deepEqual(await findEndpoint(env, system), { kind: "socket", path: system });
  }));
