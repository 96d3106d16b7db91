import { problemSchema } from "@atelier/contract";
import type { z } from "zod";
import { strings } from "../strings/en.ts";
import { RequestFailed } from "./problem.ts";

/** Requests of this page's own server. Both throw {@link RequestFailed}. */
export interface ApiCall {
  /** An answer that is well; `patient` ones may take as long as they want. */
  call(path: string, init?: RequestInit & { readonly patient?: boolean }): Promise<Response>;
  parse<T>(response: Response, schema: z.ZodType<T>): Promise<T>;
}

export const createApiCall = (fetchIt: typeof fetch): ApiCall => {
  const call: ApiCall["call"] = async (path, init = {}) => {
    const { patient = false, ...rest } = init;
    const response = await fetchIt(path, {
      credentials: "same-origin",
      cache: "no-store",
      ...(patient ? {} : { signal: AbortSignal.timeout(30_000) }),
      ...rest,
    }).catch((cause: unknown) => {
      throw new RequestFailed(0, { code: "unreachable", message: strings.problem.network, fields: [] }, { cause });
    });
    if (response.ok) return response;
    const problem = problemSchema.safeParse(await response.json().catch(() => undefined)).data;
    throw new RequestFailed(
      response.status,
      problem ?? {
        code: `http-${response.status}`,
        message: `${strings.problem.unexpected} (${response.status})`,
        fields: [],
      },
    );
  };
  const parse: ApiCall["parse"] = async (response, schema) => {
    const parsed = schema.safeParse(await response.json().catch(() => undefined));
    if (parsed.success) return parsed.data;
    throw new RequestFailed(response.status, {
      code: "unexpected-answer",
      message: strings.problem.unexpected,
      fields: [],
    });
  };
  return { call, parse };
};
