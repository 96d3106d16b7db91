import "./header.css";
import { Button, Icon } from "@atelier/ui";
import type { ReactNode } from "react";
import type { Drawer } from "../../pages/use-drawer.ts";
import { type Preferences, setPreferences, usePreferences } from "../../preferences/preferences.ts";
import { doneCount, isDone } from "../../state/select.ts";
import { useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { openPalette } from "../palette/palette-host.tsx";
import { RecordingBadge } from "./recording-badge.tsx";
import { SettingsMenu } from "./settings-menu.tsx";
import { WatchedBadge } from "./watched-badge.tsx";
import { TimeLeft } from "./time-left.tsx";

const words = strings.header;
const layouts: readonly { readonly name: Preferences["layout"]; readonly icon: "text" | "split" | "terminal" }[] = [
  { name: "text", icon: "text" },
  { name: "both", icon: "split" },
  { name: "terminal", icon: "terminal" },
];

const LayoutSwitch = (): ReactNode => {
  const { layout } = usePreferences();
  return (
    <div className="layout-switch" role="group" aria-label={words.layout}>
      {layouts.map(({ name, icon }) => (
        <button
          key={name}
          type="button"
          aria-pressed={layout === name}
          aria-label={words.layouts[name]}
          title={words.layouts[name]}
          onClick={() => setPreferences({ layout: name })}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
};

/** Which workshop this is, how far the student has come, and how the workspace does. */
export const Header = ({ drawer }: { readonly drawer: Drawer }): ReactNode => {
  const { workspace } = useStudent();
  if (workspace === undefined) return null;
  const { steps, workshop } = workspace;
  const done = doneCount(workspace);
  return (
    <header className="header">
      <Button
        look="quiet"
        icon="list"
        aria-label={words.steps}
        aria-expanded={drawer.open}
        aria-controls="steps"
        onPress={drawer.toggle}
      />
      <div className="header__title">
        <span className="header__workshop" lang={workshop.language}>
          {workshop.title}
        </span>
        <div
          className="header__progress"
          role="img"
          aria-label={words.progress(done, steps.length)}
          title={words.progress(done, steps.length)}
        >
          {steps.map((step) => (
            <span
              key={step.id}
              data-state={isDone(step.state) ? "done" : step.id === workspace.currentStep ? "current" : "open"}
            />
          ))}
        </div>
      </div>
      <div className="header__facts">
        <TimeLeft />
        <WatchedBadge />
        <RecordingBadge />
        <ConnectionBadge />
        <LayoutSwitch />
        <Button look="quiet" icon="keyboard" aria-label={strings.palette.open} onPress={openPalette} />
        <SettingsMenu />
      </div>
    </header>
  );
};
