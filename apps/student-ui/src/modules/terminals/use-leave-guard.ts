import { useEffect } from "react";

/**
 * In a shell Ctrl+W deletes a word; in a browser it closes the page. The browser cannot be stopped, but it
 * asks first when the page wants it to: only while Control is held in a terminal, so that nobody who closes
 * the page on purpose is bothered.
 */
export const useLeaveGuard = (): void => {
  useEffect(() => {
    let isHeld = false;
    const onKey = (event: KeyboardEvent): void => {
      const isInTerminal = event.target instanceof Element && event.target.closest(".terminal-pane") !== null;
      // A key that is let go says nothing of Control, which is held on for the next one.
      if (event.type === "keydown" || !event.ctrlKey) isHeld = event.ctrlKey && isInTerminal;
    };
    const release = (): void => {
      isHeld = false;
    };
    const ask = (event: BeforeUnloadEvent): void => {
      if (isHeld) event.preventDefault();
      isHeld = false;
    };
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("keyup", onKey, true);
    window.addEventListener("blur", release);
    window.addEventListener("beforeunload", ask);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("keyup", onKey, true);
      window.removeEventListener("blur", release);
      window.removeEventListener("beforeunload", ask);
    };
  }, []);
};
