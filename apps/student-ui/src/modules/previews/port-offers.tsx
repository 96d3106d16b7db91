import { Button, Icon } from "@atelier/ui";
import { type ReactNode, useEffect, useState } from "react";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { useOffers } from "../palette/offers.ts";
import { useTools } from "../tools/tools-context.ts";
import { offeredPorts } from "./offered-ports.ts";

const words = strings.offers;

/** What began to listen in the workspace, each with a way to look at it. Sent away, an offer comes back with the next start. */
export const PortOffers = (): ReactNode => {
  const tools = useTools();
  const { workspace } = useStudent();
  const [answered, setAnswered] = useState<readonly number[]>([]);
  const open = workspace?.openPorts ?? [];
  const key = open.join();
  useEffect(() => {
    const still = new Set(key.split(",").map(Number));
    setAnswered((before) =>
      before.every((port) => still.has(port)) ? before : before.filter((port) => still.has(port)),
    );
  }, [key]);
  const ports = offeredPorts(workspace, [...answered, ...tools.previews.map(({ port }) => port)]);
  const answer = (port: number): void => setAnswered([...answered, port]);
  const look = (port: number): void => {
    answer(port);
    tools.openPreview(port, "/");
  };
  useOffers(
    ports.map((port) => ({
      id: `port-${port}`,
      title: strings.palette.lookAt(port),
      group: strings.palette.groups.notices,
      run: () => look(port),
    })),
  );
  return (
    <div className={ports.length > 0 ? "notices" : undefined} role="status" aria-label={words.label}>
      {ports.map((port) => (
        <div key={port} className="notice">
          <Icon name="globe" />
          <span>{words.listens(port)}</span>
          <Button size="small" onPress={() => look(port)}>
            {words.look}
          </Button>
          <Button
            look="quiet"
            size="small"
            icon="cross"
            aria-label={words.dismiss(port)}
            onPress={() => answer(port)}
          />
        </div>
      ))}
    </div>
  );
};
