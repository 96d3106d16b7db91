import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@atelier/domain";
import { createSmallNetwork, smallSubnet } from "./small-network.ts";

test("every small subnet is another one, well formed and inside the block", () => {
  const all = new Set(Array.from({ length: 8192 }, (_, n) => smallSubnet(n)));
  assert.equal(all.size, 8192);
  for (const subnet of all) {
    const [, b, c, d] = /^198\.(1[89])\.(\d+)\.(\d+)\/28$/.exec(subnet) ?? [];
    assert.ok(b !== undefined && Number(c) <= 255 && Number(d) <= 240 && Number(d) % 16 === 0, subnet);
  }
  assert.equal(smallSubnet(8192), smallSubnet(0));
});

const engineWith = (taken: number, message = "Pool overlaps with other one on this address space") => {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    createNetwork: async (_name: string, _labels: object, subnet?: string): Promise<string> => {
      asked.push(subnet);
      if (subnet !== undefined && asked.length <= taken) throw new AppError("docker-refused", message);
      return "id";
    },
  };
};
const network = { name: "atelier-x", labels: {}, containers: 2 };

test("a subnet that is taken is passed over, and when all are, Docker chooses", async () => {
  const some = engineWith(2);
  assert.equal(await createSmallNetwork(some, network), "id");
  assert.equal(new Set(some.asked).size, 3);
  const none = engineWith(Number.POSITIVE_INFINITY);
  assert.equal(await createSmallNetwork(none, network), "id");
  assert.equal(none.asked.at(-1), undefined);
});

test("more containers than addresses get a big one, and another failure is told", async () => {
  const engine = engineWith(0);
  await createSmallNetwork(engine, { ...network, containers: 12 });
  assert.deepEqual(engine.asked, [undefined]);
  await assert.rejects(createSmallNetwork(engineWith(1, "network with name atelier-x already exists"), network));
  await assert.rejects(createSmallNetwork(engineWith(1, "permission denied"), network));
});
