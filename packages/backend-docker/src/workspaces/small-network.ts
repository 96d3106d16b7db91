import { createHash } from "node:crypto";
import { isAppError } from "@atelier/domain";
import type { Engine } from "../engine/engine.ts";

/**
 * Docker's own address pools end after about thirty networks, and each takes thousands of addresses. A
 * workspace needs a dozen: ours come from 198.18.0.0/15, which is set aside for tests of network gear
 * (RFC 2544) and which no network that a laptop meets should use.
 */
const second = [18, 19] as const;
const perBlock = 256 * 16;
const attempts = 64;

/** The n-th /28 of the block. */
export const smallSubnet = (n: number): string => {
  const index = ((n % (second.length * perBlock)) + second.length * perBlock) % (second.length * perBlock);
  const within = index % perBlock;
  return `198.${second[Math.floor(index / perBlock)]}.${Math.floor(within / 16)}.${(within % 16) * 16}/28`;
};

/**
 * Makes a network of its own for a workspace, on a small subnet that is free. Where one begins looking
 * depends on the name, so that many at once seldom meet; what does not fit (more containers than
 * addresses) or finds none gets one of Docker's.
 */
export const createSmallNetwork = async (
  engine: Pick<Engine, "createNetwork">,
  { name, labels, containers }: { name: string; labels: Readonly<Record<string, string>>; containers: number },
): Promise<string> => {
  // Of sixteen addresses three are the network's own. Four containers stand side by side during a swap to
  // somewhere else than the next step and what was asked about last.
  if (containers + 4 > 13) return engine.createNetwork(name, labels);
  const start = createHash("sha256").update(name).digest().readUInt32BE(0);
  for (let attempt = 0; attempt < attempts; attempt++)
    try {
      return await engine.createNetwork(name, labels, smallSubnet(start + attempt));
    } catch (error) {
      if (
        !isAppError(error) ||
        !/overlap|pool|conflict|in use/i.test(error.message) ||
        /already exists/i.test(error.message)
      )
        throw error;
    }
  return engine.createNetwork(name, labels);
};
