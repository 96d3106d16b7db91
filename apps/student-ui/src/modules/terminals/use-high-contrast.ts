import { useSyncExternalStore } from "react";
import { usePreferences } from "../../preferences/preferences.ts";

const contrast = "(prefers-contrast: more), (forced-colors: active)";

/** Whether terminals take their colours of high contrast: by the system's wish or by the page's theme. */
export const useHighContrast = (): boolean => {
  const { theme } = usePreferences();
  const isPreferred = useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(contrast);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => window.matchMedia(contrast).matches,
  );
  return isPreferred || theme === "contrast";
};
