import type { Context } from "../context.ts";
import { transition, type TransitionOptions } from "../transitions/transition.ts";

export default (context: Context, [name = ""]: readonly string[], options: TransitionOptions): Promise<number> =>
  transition(context, { name, request: { kind: "undo" } }, options);
