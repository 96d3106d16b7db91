import { type CastEvent, encodeCastEvent, parseCastSize } from "./cast-event.ts";
import { type CastHeader, encodeCastHeader, encodeCastHeaderV3 } from "./cast-header.ts";
import type { CastItem } from "./decode-cast.ts";

export type CastFormat = "v2" | "v3";

/**
 * Makes one recording of the parts of a terminal's, as v2 or v3: gives the lines for each item, parts one
 * after the other. The second part's beginning goes on where its header says that it was.
 */
export const createCastExport = (format: CastFormat): ((item: CastItem) => string) => {
  let first: CastHeader | undefined;
  let size = "";
  let base = 0;
  let latest = 0;
  let written = 0;
  const event = ({ t, code, data }: CastEvent): string => {
    // Clocks of two parts may overlap by a hair; time never goes backwards in a recording.
    latest = Math.max(latest, base + t);
    if (code === "r" && parseCastSize(data)) size = data;
    if (format === "v2") return code === "x" ? "" : encodeCastEvent(latest, code, data);
    // Every time is rounded, not every interval: so the error stays below a millisecond for ever.
    const ms = Math.round(latest * 1000);
    const interval = (ms - written) / 1000;
    written = ms;
    return `[${interval.toFixed(3)}, ${JSON.stringify(code)}, ${JSON.stringify(data)}]\n`;
  };
  return (item) => {
    if (item.kind === "event") return event(item.event);
    const { atelier, ...header } = item.header;
    const own = `${header.width}x${header.height}`;
    if (first === undefined) {
      first = header;
      size = own;
      return format === "v2" ? encodeCastHeader(header) : encodeCastHeaderV3(header);
    }
    base = atelier?.offset ?? Math.max(latest, (header.timestamp ?? 0) - (first.timestamp ?? 0));
    return own === size ? "" : event({ t: 0, code: "r", data: own });
  };
};
