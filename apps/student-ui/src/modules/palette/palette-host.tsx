import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { type ActionsProps, useActions } from "./use-actions.ts";

const Palette = lazy(() => import("./palette.tsx"));
const opened = "atelier:palette";

/** For buttons that open the palette. */
export const openPalette = (): void => {
  window.dispatchEvent(new Event(opened));
};

/** Ctrl+K in a shell deletes to the end of the line, so in a terminal the key stays the shell's; Cmd+K is free. */
const isPaletteKey = (event: KeyboardEvent): boolean => {
  if (event.key.toLowerCase() !== "k" || event.altKey || event.shiftKey || event.ctrlKey === event.metaKey)
    return false;
  const isShell = event.target instanceof Element && event.target.closest(".terminal-pane") !== null;
  return event.metaKey || !isShell;
};

/** Only while it is open does the palette ask what there is to do. */
const OpenPalette = ({ onClose, ...props }: ActionsProps & { readonly onClose: () => void }): ReactNode => (
  <Palette actions={useActions(props)} onClose={onClose} />
);

/** Opens the palette of all actions on Ctrl+K or Cmd+K. */
export const PaletteHost = (props: ActionsProps): ReactNode => {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!isPaletteKey(event)) return;
      event.preventDefault();
      setOpen(true);
    };
    const open = (): void => setOpen(true);
    // Before the editor, which would cut the line.
    document.addEventListener("keydown", onKey, true);
    window.addEventListener(opened, open);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      window.removeEventListener(opened, open);
    };
  }, []);
  return isOpen ? (
    <Suspense>
      <OpenPalette {...props} onClose={() => setOpen(false)} />
    </Suspense>
  ) : null;
};
