import "./app.css";
import { type ReactNode, useEffect } from "react";
import { usePreferences } from "./preferences/preferences.ts";
import { AccessPage } from "./pages/access-page.tsx";
import { BootPage } from "./pages/boot-page.tsx";
import { WorkspacePage } from "./pages/workspace-page.tsx";
import { stageOf } from "./state/select.ts";
import { useSession, useStudent } from "./state/use-student.ts";
import { parseHash, viewHash } from "./state/view.ts";

/** The address follows the page shown, and the page follows the address (back, forward, typed). */
const useAddress = (): void => {
  const session = useSession();
  const { view } = useStudent();
  useEffect(() => {
    if (view === undefined || location.hash === viewHash(view)) return;
    if (location.hash === "") history.replaceState(null, "", viewHash(view));
    else history.pushState(null, "", viewHash(view));
  }, [view]);
  useEffect(() => {
    const follow = (): void => {
      const wanted = parseHash(location.hash);
      if (wanted !== undefined) session.show(wanted);
    };
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, [session]);
};

const useTheme = (): void => {
  const { theme } = usePreferences();
  useEffect(() => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
};

export const App = (): ReactNode => {
  useAddress();
  useTheme();
  const state = useStudent();
  const language = state.workspace?.workshop.language;
  useEffect(() => {
    if (language !== undefined) document.documentElement.lang = language;
  }, [language]);
  const stage = stageOf(state);
  if (stage === "open") return <WorkspacePage />;
  return stage === "booting" || stage === "loading" ? <BootPage /> : <AccessPage stage={stage} />;
};
