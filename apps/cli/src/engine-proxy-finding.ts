import type { EngineInfo } from "@atelier/backend-docker";
import type { Finding } from "./finding.ts";

const check = "Image pulls";
const names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] as const;

/** A proxy's address may hold a password, which is for nobody's eyes. */
const withoutLogin = (address: string): string => address.replace(/\/\/[^@/]*@/, "//");

/** Whether the engine, which pulls images by itself, goes through a proxy where this shell does (ADR 17). */
export const engineProxyFinding = (
  env: Readonly<Record<string, string | undefined>>,
  { HttpProxy = "", HttpsProxy = "" }: Pick<EngineInfo, "HttpProxy" | "HttpsProxy">,
): Finding => {
  const own = HttpsProxy || HttpProxy;
  if (own !== "") return { check, status: "ok", found: `through ${withoutLogin(own)}`, fix: "" };
  const name = names.find((each) => env[each]);
  return name === undefined
    ? { check, status: "ok", found: "directly", fix: "" }
    : {
        check,
        status: "warning",
        found: `the engine pulls directly, while ${name} is set here`,
        fix: "Give the engine the same proxy, for it asks nobody's shell: https://docs.docker.com/engine/daemon/proxy/ (Docker Desktop: Settings → Resources → Proxies).",
      };
};
