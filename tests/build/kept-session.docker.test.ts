import assert from "node:assert/strict";
import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { aboutKeeper } from "@atelier/build";
import { type AtelierCli, createAtelierCli, daggerForTests } from "@atelier/testkit";
import { ownAddress } from "./author-network.ts";

const dagger = daggerForTests();

/** No run finds what an earlier one built: that would need no session. */
const run = Date.now();

/** Two steps; what the second one does is given. */
const writeWorkshop = (atelier: AtelierCli, name: string, recipe: string): Promise<void> =>
  atelier.write({
    [`${name}/workshop.yaml`]: `version: v1\nworkshop:\n  name: kept-${name}\n  version: "1"\n  title: Kept\nbase:\n  image: debian:12\nsteps: [one, two]\n`,
    [`${name}/steps/one/step.yaml`]: `title: One\ncommands:\n  - run: echo ${run} > /srv/run; date +%s%N > /srv/one\n`,
    [`${name}/steps/one/content.md`]: "# One\n",
    [`${name}/steps/two/step.yaml`]: `title: Two\ncommands:\n${recipe}`,
    [`${name}/steps/two/content.md`]: "# Two\n",
  });

const keeperOf = (atelier: AtelierCli) => aboutKeeper(join(atelier.stateDirectory, "cache"));

const readIn = (name: string, file: string): string =>
  execFileSync("docker", ["run", "--rm", "--entrypoint", "cat", `atelier/kept-${name}:1-two`, file], {
    encoding: "utf8",
  }).trim();

if (dagger === undefined)
  test("Docker builder, no Dagger engine here: no session is opened, so none is kept", async () => {
    await using atelier = await createAtelierCli();
    await writeWorkshop(atelier, "none", "  - run: echo 1 > /srv/two\n");
    await atelier.succeed("build", "none");
    assert.equal(await keeperOf(atelier), undefined);
  });
else {
  test("Dagger: builds share a session, whoever is killed, and clean ends it", async () => {
    await using atelier = await createAtelierCli(dagger.env);
    const edit = (value: string) => writeWorkshop(atelier, "shared", `  - run: echo ${value} > /srv/two\n`);
    const build = () => atelier.succeed("build", "shared", "--builder", "dagger");
    await edit("first");
    await build();
    const keeper = (await keeperOf(atelier)) ?? assert.fail("no session is kept");
    const one = readIn("shared", "/srv/one");
    await edit("second");
    await build();
    assert.deepEqual(await keeperOf(atelier), keeper);
    assert.deepEqual([readIn("shared", "/srv/one"), readIn("shared", "/srv/two")], [one, "second"]);

    process.kill(keeper.pid, "SIGKILL");
    await edit("third");
    await build();
    const next = (await keeperOf(atelier)) ?? assert.fail();
    assert.notEqual(next.pid, keeper.pid);
    assert.deepEqual([readIn("shared", "/srv/one"), readIn("shared", "/srv/two")], [one, "third"]);

    process.kill(sessionOf(next.pid), "SIGKILL");
    await edit("fourth");
    await build();
    assert.deepEqual([readIn("shared", "/srv/one"), readIn("shared", "/srv/two")], [one, "fourth"]);

    const { stdout } = await atelier.succeed("clean", "--cache", "--yes");
    assert.match(stdout, /^session {8}with the Dagger engine, kept by process \d+/m);
    for (let tries = 0; tries < 500 && (await keeperOf(atelier)); tries++) await sleep(10);
    assert.equal(await keeperOf(atelier), undefined);
  });

  test("Dagger: Ctrl-C ends the command in the engine, and the next build in the same session is none the worse", async () => {
    await using atelier = await createAtelierCli(dagger.env);
    await writeWorkshop(atelier, "stopped", "  - run: echo quick > /srv/two\n");
    await atelier.succeed("build", "stopped", "--builder", "dagger");
    const keeper = (await keeperOf(atelier)) ?? assert.fail();
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      // Its address leads outside, where something sees it come and go.
      await using seen = await openDoor();
      const mark = `${Date.now()}`;
      const knock = `require("node:net").connect(${seen.port}, "${seen.host}").write("${mark}")`;
      const slow = `  - run: /opt/atelier/bin/node -e '${knock}'\n`;
      await writeWorkshop(atelier, "stopped", slow);
      const child: ChildProcess = atelier.start("build", "stopped", "--builder", "dagger");
      let said = "";
      child.stderr?.on("data", (data: Buffer) => {
        said += data.toString("utf8");
      });
      const early = once(child, "close").then(() => assert.fail(`it ended before its command knocked: ${said}`));
      await Promise.race([seen.opened, early]);
      early.catch(() => undefined);
      child.kill(signal);
      await seen.closed;
      await writeWorkshop(atelier, "stopped", `  - run: echo ${mark} > /srv/two\n`);
      await atelier.succeed("build", "stopped", "--builder", "dagger");
      assert.equal(readIn("stopped", "/srv/two"), mark);
      assert.deepEqual(await keeperOf(atelier), keeper);
    }
  });

  test("Dagger: two builds at once, the first of their session, both end well", async () => {
    await using atelier = await createAtelierCli(dagger.env);
    const names = ["left", "right"];
    for (const name of names) await writeWorkshop(atelier, name, `  - run: sleep 1; echo ${name} > /srv/two\n`);
    const builds = await Promise.all(names.map((name) => atelier.run("build", name, "--builder", "dagger")));
    assert.deepEqual(
      builds.map(({ code }) => code),
      [0, 0],
      builds.map(({ stderr }) => stderr).join("\n"),
    );
    assert.deepEqual(
      names.map((name) => readIn(name, "/srv/two")),
      names,
    );
  });

  test("Dagger, as a client from before 1.0 sees it: it names no layers, so images come whole, with what was taken away", async () => {
    await using atelier = await createAtelierCli({ ...dagger.env, _EXPERIMENTAL_DAGGER_VERSION: "v0.21.9" });
    for (const value of ["first", "second"]) {
      await writeWorkshop(atelier, "whole", `  - run: rm /srv/one; echo ${value} > /srv/two\n`);
      await atelier.succeed("build", "whole", "--builder", "dagger");
      assert.equal(readIn("whole", "/srv/two"), value);
    }
    assert.equal(readIn("whole", "/srv/run"), `${run}`);
    assert.throws(() => readIn("whole", "/srv/one"), /No such file/);
  });

  test("Dagger: a build that hands over a secret has a session of its own", async () => {
    await using atelier = await createAtelierCli(dagger.env);
    await writeWorkshop(atelier, "secret", "  - run: sha256sum < /run/secrets/key > /srv/two\n    secrets: [key]\n");
    await writeFile(join(atelier.folder, "key"), "not for anybody\n");
    await atelier.succeed("build", "secret", "--builder", "dagger", "--secret", "key=key");
    assert.equal(await keeperOf(atelier), undefined);
    assert.match(readIn("secret", "/srv/two"), /^[0-9a-f]{64}/);
  });

  test("Dagger: an engine that is killed is said, and one that is back is found again", async (t) => {
    const { _EXPERIMENTAL_DAGGER_RUNNER_HOST: host } = dagger.env;
    if (!host?.startsWith("tcp://"))
      return t.skip("this engine is not reached over TCP, so nothing can stand before it");
    await using way = await openWay(new URL(host));
    await using atelier = await createAtelierCli({ ...dagger.env, _EXPERIMENTAL_DAGGER_RUNNER_HOST: way.host });
    const build = (value: string) =>
      writeWorkshop(atelier, "gone", `  - run: echo ${value} > /srv/two\n`).then(() =>
        atelier.run("build", "gone", "--builder", "dagger"),
      );
    assert.equal((await build("before")).code, 0);
    await way.close();
    const { code, stderr } = await build("meanwhile");
    assert.equal(code, 1);
    assert.match(stderr, /^error The Dagger builder cannot be used: no Dagger engine answers at tcp:\/\//m);
    await way.open();
    const back = await build("after");
    assert.equal(back.code, 0, back.stderr);
    assert.equal(readIn("gone", "/srv/two"), "after");
  });
}

/** The one child of a keeper. */
const sessionOf = (keeper: number): number => {
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each)))
    try {
      const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${name}/stat`, "utf8")) ?? [];
      if (Number(parent) === keeper) return Number(name);
    } catch {
      // It ended while we looked.
    }
  throw new Error(`process ${keeper} has no child`);
};

/** Somewhere that a command in the engine can knock; whether it is still there is seen by its connection. */
const openDoor = async () => {
  let opened = (): void => undefined;
  let closed = (): void => undefined;
  const hasOpened = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const hasClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const server = createServer((socket) => {
    socket.once("data", opened);
    socket.on("error", () => socket.destroy()).once("close", closed);
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  return {
    host: ownAddress(),
    port: (server.address() as { port: number }).port,
    opened: hasOpened,
    closed: hasClosed,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};

/** A way to the engine that can be cut, which is what its death looks like from here. */
const openWay = async (engine: URL) => {
  const sockets = new Set<Socket>();
  let port = 0;
  const listen = () => {
    const server = createServer((near) => {
      const far = connect(Number(engine.port), engine.hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket));
      }
      near.pipe(far).pipe(near);
    });
    return new Promise<typeof server>((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
  };
  let server = await listen();
  ({ port } = server.address() as { port: number });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return {
    host: `tcp://127.0.0.1:${port}`,
    close,
    open: async (): Promise<void> => {
      server = await listen();
    },
    [Symbol.asyncDispose]: close,
  };
};
