import "@atelier/ui/segments.css";
import { Button } from "@atelier/ui";
import { leaveChordLabel } from "@atelier/ui/terminal";
import type { ReactNode } from "react";
import { Switch } from "react-aria-components/Switch";
import { fontSizes, type Preferences, setPreferences, usePreferences } from "../../preferences/preferences.ts";
import { strings } from "../../strings/en.ts";

const words = strings.settings;
const themes: readonly Preferences["theme"][] = ["auto", "light", "dark", "contrast"];

const Keys = (): ReactNode => (
  <dl className="settings__keys">
    <dt>
      <kbd>{leaveChordLabel}</kbd>
    </dt>
    <dd>{words.leaveTerminal}</dd>
    <dt>
      <kbd>Ctrl+Shift+C</kbd> <kbd>Ctrl+Shift+V</kbd>
    </dt>
    <dd>{words.copy}</dd>
    <dt>
      <kbd>Ctrl+K</kbd> <kbd>Cmd+K</kbd>
    </dt>
    <dd>{words.palette}</dd>
    <dt>{strings.terminal.heading}</dt>
    <dd>{words.paste}</dd>
  </dl>
);

/** The settings themselves, loaded when they are opened. */
const SettingsForm = (): ReactNode => {
  const { theme, fontSize, screenReader } = usePreferences();
  return (
    <div className="settings">
      <fieldset className="settings__row">
        <legend>{words.theme}</legend>
        <div className="segments">
          {themes.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={theme === name}
              onClick={() => setPreferences({ theme: name })}
            >
              {words.themes[name]}
            </button>
          ))}
        </div>
      </fieldset>
      <fieldset className="settings__row">
        <legend>{words.fontSize}</legend>
        <div className="settings__stepper">
          <Button
            size="small"
            icon="minus"
            aria-label={words.smaller}
            isDisabled={fontSize <= fontSizes.least}
            onPress={() => setPreferences({ fontSize: fontSize - 1 })}
          />
          <output>{fontSize}</output>
          <Button
            size="small"
            icon="plus"
            aria-label={words.larger}
            isDisabled={fontSize >= fontSizes.most}
            onPress={() => setPreferences({ fontSize: fontSize + 1 })}
          />
        </div>
      </fieldset>
      <div className="settings__block">
        <Switch className="switch" isSelected={screenReader} onChange={(on) => setPreferences({ screenReader: on })}>
          <span className="switch__track" />
          {words.screenReader}
        </Switch>
        <p>{words.screenReaderHint}</p>
      </div>
      <div className="settings__block">
        <h3>{words.keyboard}</h3>
        <Keys />
      </div>
    </div>
  );
};

export default SettingsForm;
