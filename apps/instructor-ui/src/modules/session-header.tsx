import "@atelier/ui/segments.css";
import { Button } from "@atelier/ui";
import { PresenceBadge, type SessionState, type SessionStore } from "@atelier/ui/observation";
import { type ReactNode, useEffect, useState } from "react";
import { useNow } from "../source/use-session.ts";
import { strings } from "../strings/en.ts";

const words = strings.header;
const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];
const themeKey = "atelier.instructor.theme";

const storedTheme = (): Theme => {
  try {
    return themes.find((theme) => theme === localStorage.getItem(themeKey)) ?? "auto";
  } catch {
    return "auto";
  }
};

const ThemeSwitch = (): ReactNode => {
  const [theme, setTheme] = useState(storedTheme);
  useEffect(() => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(themeKey, theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }, [theme]);
  return (
    <div className="segments" role="group" aria-label={words.theme}>
      {themes.map((name) => (
        <button key={name} type="button" aria-pressed={name === theme} onClick={() => setTheme(name)}>
          {words.themes[name]}
        </button>
      ))}
    </div>
  );
};

const ConnectionStatus = ({
  state,
  store,
}: {
  readonly state: SessionState;
  readonly store: SessionStore;
}): ReactNode => {
  const { connection } = state;
  const now = useNow(1000);
  const text =
    connection.phase === "waiting"
      ? strings.connection.waiting(Math.max(0, Math.ceil((connection.retryAt - now) / 1000)))
      : strings.connection[connection.phase];
  return (
    <span
      className="status"
      data-tone={connection.phase === "live" ? "good" : connection.phase === "connecting" ? "plain" : "warn"}
    >
      <span className="status__dot" />
      {text}
      <span className="visually-hidden" role="status">
        {connection.phase === "waiting" ? strings.connection.lost : ""}
      </span>
      {connection.phase === "waiting" && (
        <Button look="quiet" size="small" onPress={store.reconnect}>
          {strings.connection.now}
        </Button>
      )}
    </span>
  );
};

/** Whose session this is, whether they are there, and whether what is shown is current. */
export const SessionHeader = ({
  state,
  store,
  exportUrl,
}: {
  readonly state: SessionState;
  readonly store: SessionStore;
  readonly exportUrl: string | undefined;
}): ReactNode => {
  const { workspace } = state;
  return (
    <header className="top">
      <div className="top__title">
        <p className="top__brand">{strings.page.brand}</p>
        <h1>{workspace?.workshop.title ?? ""}</h1>
        {workspace !== undefined && (
          <p className="top__who">
            {workspace.displayName === "" ? workspace.workspaceName : words.student(workspace.displayName)}
          </p>
        )}
      </div>
      <div className="top__facts">
        <PresenceBadge presence={state.presence} />
        <ConnectionStatus state={state} store={store} />
        <ThemeSwitch />
        {exportUrl !== undefined && (
          <a className="button" href={exportUrl} download title={words.exportHint}>
            {words.export}
          </a>
        )}
      </div>
    </header>
  );
};
