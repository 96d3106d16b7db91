import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { setPreferences, usePreferences } from "../preferences/preferences.ts";

export interface Drawer {
  readonly open: boolean;
  /** It lies over the page instead of beside it: choosing something closes it. */
  readonly floating: boolean;
  toggle(): void;
  /** Closes it when it floats. */
  chosen(): void;
}

const query = "(min-width: 1240px)";

const subscribe = (listener: () => void): (() => void) => {
  const media = window.matchMedia(query);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
};

/** The step list: beside the text where there is room (remembered), else a drawer that starts closed. */
export const useDrawer = (): Drawer => {
  const floating = !useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
  const { stepsOpen } = usePreferences();
  const [drawn, setDrawn] = useState(false);
  const open = floating ? drawn : stepsOpen;
  const toggle = useCallback(
    () => (floating ? setDrawn((before) => !before) : setPreferences({ stepsOpen: !stepsOpen })),
    [floating, stepsOpen],
  );
  const chosen = useCallback(() => setDrawn(false), []);
  useEffect(() => {
    if (!floating || !drawn) return;
    const close = (event: KeyboardEvent): void => {
      if (event.key === "Escape") setDrawn(false);
    };
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, [floating, drawn]);
  return { open, floating, toggle, chosen };
};
