import type { Context } from "../context.ts";
import { transition, type TransitionOptions } from "../transitions/transition.ts";

export default (context: Context, [name = "", step]: readonly string[], options: TransitionOptions): Promise<number> =>
  transition(context, { name, request: { kind: "next", ...(step === undefined ? {} : { step }) } }, options);
