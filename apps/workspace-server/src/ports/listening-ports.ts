import { readFileSync } from "node:fs";

/** Where the kernel lists its sockets; of the server's own network namespace, which is the student's. */
const tables = ["/proc/net/tcp", "/proc/net/tcp6"];

/**
 * TCP ports that something listens on in this container, whatever address: columns of proc_net_tcp(5) are
 * sl, local_address, rem_address, st; `0A` is LISTEN.
 */
export const listeningPorts = (read: (path: string) => string = readOrNothing): readonly number[] => {
  const ports = new Set<number>();
  for (const path of tables)
    for (const line of read(path).split("\n")) {
      const [, local = "", , state] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16);
      if (state === "0A" && port > 0) ports.add(port);
    }
  return [...ports].sort((a, b) => a - b);
};

const readOrNothing = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Without IPv6 there is no second table.
    return "";
  }
};
