import { request } from "node:http";
import type { EngineEndpoint } from "@atelier/backend-docker";

/** Whether an engine answers at an endpoint within three seconds. */
export const pingEngine = (endpoint: EngineEndpoint): Promise<boolean> =>
  new Promise((resolve) => {
    const where =
      endpoint.kind === "socket" ? { socketPath: endpoint.path } : { host: endpoint.host, port: endpoint.port };
    const ping = request({ ...where, path: "/_ping", timeout: 3000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once("timeout", () => ping.destroy());
    ping.once("error", () => resolve(false));
    ping.once("close", () => resolve(false));
    ping.end();
  });
