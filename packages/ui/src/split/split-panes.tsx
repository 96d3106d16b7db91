import "./split-panes.css";
import { type CSSProperties, type PointerEvent, type ReactNode, useRef, useState } from "react";
import { clampShare, shareAfterKey, shareLimits } from "./split-share.ts";

export interface SplitPanesProps {
  readonly start: ReactNode;
  readonly end: ReactNode;
  /** Per cent of the width that `start` takes. */
  readonly share: number;
  /** A new share, once it is settled: what is worth remembering. */
  readonly onShare: (share: number) => void;
  /** Accessible name of the bar between them. */
  readonly label: string;
  /** One of them alone; both stay mounted. */
  readonly shown: "both" | "start" | "end";
  /** What neither pane gets below, in pixels. */
  readonly leastPixels?: number;
}

/** Two panes side by side with a bar that is dragged, or moved by arrow keys. */
export const SplitPanes = (props: SplitPanesProps): ReactNode => {
  const { start, end, share, onShare, label, shown, leastPixels = 280 } = props;
  const host = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<number>();
  const shareAt = ({ clientX }: PointerEvent): number => {
    const box = host.current?.getBoundingClientRect();
    return box === undefined || box.width === 0 ? share : clampShare(((clientX - box.left) / box.width) * 100);
  };
  const settle = (): void => {
    if (dragged !== undefined) onShare(dragged);
    setDragged(undefined);
  };
  const now = dragged ?? share;
  return (
    <div
      className="split"
      ref={host}
      data-shown={shown}
      data-dragging={dragged !== undefined || undefined}
      style={{ "--split-share": now, "--split-least": `min(${leastPixels}px, 45%)` } as CSSProperties}
    >
      <div className="split__pane">{start}</div>
      <hr
        className="split__bar"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={label}
        aria-valuenow={Math.round(now)}
        aria-valuemin={shareLimits.least}
        aria-valuemax={shareLimits.most}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          event.currentTarget.focus({ preventScroll: true });
          setDragged(share);
        }}
        onPointerMove={(event) => dragged !== undefined && setDragged(shareAt(event))}
        onPointerUp={settle}
        onPointerCancel={settle}
        onDoubleClick={() => onShare(50)}
        onKeyDown={(event) => {
          const next = shareAfterKey(share, event.key);
          if (next === undefined) return;
          event.preventDefault();
          onShare(next);
        }}
      />
      <div className="split__pane">{end}</div>
    </div>
  );
};
