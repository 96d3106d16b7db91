import type { ReactNode } from "react";

export interface PageScrollerProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** The part of a page that scrolls; reachable by keyboard, since some pages hold nothing else to focus. */
export const PageScroller = ({ label, children }: PageScrollerProps): ReactNode => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
  <div className="step-page__scroller" tabIndex={0} role="region" aria-label={label}>
    <article className="page">{children}</article>
  </div>
);
