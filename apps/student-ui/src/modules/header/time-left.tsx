import { Button, Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import { useNow, useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { useOffers } from "../palette/offers.ts";

const words = strings.header;
const soonMs = 10 * 60_000;

/** Time until the workspace ends, where it has an end, with a way to ask for more. */
export const TimeLeft = (): ReactNode => {
  const session = useSession();
  const { workspace } = useStudent();
  const deadline = workspace?.deadline;
  const now = useNow(deadline !== undefined);
  const isExtendable = workspace?.extendable === true && deadline !== undefined;
  const extend = (): Promise<void> => session.request("extend");
  useOffers(
    isExtendable
      ? [{ id: "extend", title: strings.palette.extend, group: strings.palette.groups.step, run: extend }]
      : [],
  );
  if (workspace === undefined || deadline === undefined) return null;
  const leftMs = Date.parse(deadline) - now;
  return (
    <div className="badge" data-tone={leftMs < soonMs ? "warn" : "plain"}>
      <Icon name="clock" size={14} />
      <span className="badge__text badge__text--keep">
        {leftMs <= 0 ? words.timeUp : words.timeLeft(strings.duration(leftMs / 1000))}
      </span>
      {isExtendable && (
        <Button look="quiet" size="small" onPress={extend}>
          {words.extend}
        </Button>
      )}
    </div>
  );
};
