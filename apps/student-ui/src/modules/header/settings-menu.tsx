import { Icon } from "@atelier/ui";
import { lazy, type ReactNode } from "react";
import { strings } from "../../strings/en.ts";
import { PopoverButton } from "../overlays/overlays.tsx";

const SettingsForm = lazy(() => import("./settings-form.tsx"));

/** Theme, font size, screen reader mode, and the keys worth knowing. */
export const SettingsMenu = (): ReactNode => (
  <PopoverButton label={strings.header.settings} face={<Icon name="settings" />} className="icon-button" named={false}>
    <SettingsForm />
  </PopoverButton>
);
