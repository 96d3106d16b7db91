import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { NewRequest, OperationResult } from "@atelier/contract";
import type { BuildRecord } from "@atelier/domain";
import { createRecordingK3d, undocumentedIn } from "@atelier/testkit";
import { type FakeMachine, openFakeMachine } from "./testing/open-fake-machine.ts";

const service = (name: string, onReset: "restart" | "keep"): BuildRecord["services"][number] => ({
  name,
  source: { kind: "image", image: name },
  command: [],
  env: {},
  ports: [],
  resources: {},
  onReset,
  imageId: `image-${name}`,
});
/** Services by name, with the container's id and state. */
const servicesOf = (machine: FakeMachine): Record<string, readonly [string, string]> =>
  Object.fromEntries(
    [...machine.engine.containers.values()].flatMap(({ service, id, state }) =>
      service === undefined ? [] : [[service, [id, state] as const]],
    ),
  );
const request = async (machine: FakeMachine, wanted: NewRequest): Promise<OperationResult> =>
  (await machine.supervisor()).transition("demo", { order: "request", request: wanted });

test("services stand before the workspace, a reset and a goto make anew what begins anew, next touches none, and all stop after it", async () => {
  await using machine = await openFakeMachine(
    {},
    { services: [service("store", "restart"), service("cache", "keep")] },
  );
  await machine.create("demo");
  const order: string[] = [];
  machine.engine.onCall = (call) => {
    if (["POST start", "POST stop"].includes(call)) order.push(call);
  };
  await (await machine.supervisor()).start("demo");
  assert.deepEqual(order.splice(0), Array(3).fill("POST start"));
  const first = servicesOf(machine);
  assert.deepEqual(Object.keys(first), ["store", "cache"]);
  const [workspace] = [...machine.engine.containers.values()].filter((one) => one.service === undefined);
  assert.deepEqual(
    [...machine.engine.containers.values()].map(({ state }) => state),
    ["running", "running", "running"],
  );
  assert.ok(workspace);

  await request(machine, { kind: "next" });
  assert.deepEqual(servicesOf(machine), first);
  for (const wanted of [{ kind: "reset" }, { kind: "goto", step: "one" }] as const) {
    const before = servicesOf(machine);
    await request(machine, wanted);
    const after = servicesOf(machine);
    assert.deepEqual(after["cache"], before["cache"], wanted.kind);
    assert.notEqual(after["store"]?.[0], before["store"]?.[0], wanted.kind);
    assert.equal(after["store"]?.[1], "running");
  }

  const stopped: string[] = [];
  const states = () => [...machine.engine.containers.values()].filter((one) => one.state === "running");
  machine.engine.onCall = (call) => {
    if (call === "POST stop") stopped.push(states().some((one) => one.service === undefined) ? "workspace" : "service");
  };
  await (await machine.supervisor()).stop("demo");
  assert.deepEqual(stopped, ["workspace", "service", "service"]);
  assert.deepEqual(states(), []);
});

test("a service that the engine does not stop is named, and the next look brings the stop to its end", async () => {
  await using machine = await openFakeMachine({}, { services: [service("store", "restart")] });
  await machine.create("demo");
  await (await machine.supervisor()).start("demo");
  let refusals = 1;
  machine.engine.onCall = (call) => {
    const isWorkspaceDown = [...machine.engine.containers.values()].every(
      (one) => one.service !== undefined || one.state !== "running",
    );
    if (call === "POST stop" && isWorkspaceDown && refusals-- > 0) throw new Error("the service does not let go");
  };
  const supervisor = await machine.supervisor();
  await assert.rejects(supervisor.stop("demo"), /the service does not let go/);
  for (let waited = 0; servicesOf(machine)["store"]?.[1] === "running"; waited++) {
    assert.ok(waited < 500, "nobody tried again");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok([...machine.engine.containers.values()].every(({ state }) => state === "exited"));
  await supervisor.start("demo");
  assert.equal(servicesOf(machine)["store"]?.[1], "running");
});

test("services go along when somebody else ends the container, or starts it", async () => {
  await using machine = await openFakeMachine({}, { services: [service("store", "restart")] });
  await machine.create("demo");
  await (await machine.supervisor()).start("demo");
  const { id } = [...machine.engine.containers.values()].find((one) => one.service === undefined) ?? assert.fail();
  const becomes = async (state: string): Promise<void> => {
    for (let waited = 0; servicesOf(machine)["store"]?.[1] !== state; waited++) {
      assert.ok(waited < 1500, `the service is not ${state}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  machine.engine.kill(id);
  await becomes("exited");
  await machine.engine.start(id);
  await becomes("running");
});

test("a service that cannot be started keeps its workspace from starting, and says why; then it starts", async () => {
  await using machine = await openFakeMachine({}, { services: [service("store", "restart")] });
  await machine.create("demo");
  let refusals = 1;
  machine.engine.onCall = (call) => {
    if (call === "POST start" && refusals-- > 0) throw new Error("port is already allocated");
  };
  const supervisor = await machine.supervisor();
  await assert.rejects(supervisor.start("demo"), /port is already allocated/);
  assert.ok([...machine.engine.containers.values()].every(({ state }) => state !== "running"));
  assert.equal((await supervisor.start("demo")).phase, "running");
  assert.equal(servicesOf(machine)["store"]?.[1], "running");
});

for (const [moment, call] of [
  ["when the cluster is new and nothing else is", "POST containers"],
  ["when the next container has failed and nobody has said so", "DELETE containers"],
] as const)
  test(`stand-in for k3d: who stays because a reset failed has the kubeconfig of the new cluster, also when the supervisor is killed ${moment}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "atelier-cluster-"));
    using _gone = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
    const k3d = createRecordingK3d(folder, { PATH: process.env["PATH"] }, { isAlwaysStandIn: true });
    await using machine = await openFakeMachine({}, { cluster: { onReset: "recreate" }, env: k3d.env });
    const { id } = await machine.create("demo");
    await (await machine.supervisor()).start("demo");
    const server =
      [...machine.engine.containers.values()].find((one) => one.server !== undefined)?.server ?? assert.fail();
    const before = server.kubeconfig;
    assert.ok(before);
    machine.engine.faults = { one: { standby: "onStart failed" }, start: { standby: "onStart failed" } };
    machine.engine.onCall = (made) => made === call && process.kill(machine.pid() ?? 0, "SIGKILL");
    await assert.rejects(request(machine, { kind: "reset" }), { code: "supervisor-gone" });
    machine.engine.onCall = () => {};
    await machine.killSupervisor();
    assert.equal(server.kubeconfig, before, "nobody was left to say so");
    await machine.supervisor();
    for (let waited = 0; machine.volumeOf("demo").outstanding().size > 0; waited++) {
      assert.ok(waited < 500, "nobody answers the request");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.notEqual(server.kubeconfig, before);
    assert.equal(server.kubeconfig, machine.state.readKubeconfig(id));
  });

for (const onReset of ["recreate", "keep"] as const)
  test(`stand-in for k3d: a cluster begins, stops and goes with its workspace, next leaves it, and a reset does (onReset: ${onReset})`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "atelier-cluster-"));
    using _gone = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
    const k3d = createRecordingK3d(folder, { PATH: process.env["PATH"] }, { isAlwaysStandIn: true });
    await using machine = await openFakeMachine({}, { cluster: { onReset }, env: k3d.env });
    const { id } = await machine.create("demo");
    const verbs = (): readonly string[] => {
      const calls = k3d.calls();
      k3d.forget();
      assert.deepEqual(calls.map(undocumentedIn).filter(Boolean), []);
      return calls.map(([noun, verb]) => `${noun} ${verb}`).filter((verb) => verb !== "cluster list");
    };
    await (await machine.supervisor()).start("demo");
    assert.deepEqual(verbs(), ["cluster create", "kubeconfig get"]);
    const received = (): string | undefined =>
      [...machine.engine.containers.values()].find(({ server }) => server !== undefined)?.server?.kubeconfig;
    assert.match(received() ?? "", /server: https:\/\/k3d-atelier-[0-9a-f]{12}-serverlb:6443/);

    await request(machine, { kind: "next" });
    assert.deepEqual(verbs(), []);
    assert.equal(received(), machine.state.readKubeconfig(id), "the next container has it as well");
    await request(machine, { kind: "reset" });
    assert.deepEqual(verbs(), [
      ...(onReset === "recreate" ? ["cluster delete", "cluster create"] : ["cluster start"]),
      "kubeconfig get",
    ]);
    for (const fault of [{ standby: "onStart failed" }, { release: "the disk is full" }]) {
      const before = received();
      machine.engine.faults = { one: fault };
      await assert.rejects(request(machine, { kind: "reset" }), { code: "transition-failed" });
      assert.equal(received(), machine.state.readKubeconfig(id), "who stayed has that of the cluster as it is now");
      assert.equal(received() === before, onReset === "keep");
    }
    machine.engine.faults = {};
    verbs();
    const supervisor = await machine.supervisor();
    await supervisor.stop("demo");
    assert.deepEqual(verbs(), ["cluster stop"]);
    await supervisor.start("demo");
    assert.deepEqual(verbs(), ["cluster start", "kubeconfig get"]);
    await supervisor.remove("demo");
    assert.deepEqual(verbs(), ["cluster delete"]);
    assert.equal(machine.state.readKubeconfig(id), undefined);
  });
