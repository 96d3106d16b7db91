/** Whether anybody can see the page: a browser hardly lets a hidden one work. */
export interface PageVisibility {
  isVisible(): boolean;
  /** Calls `change` when that becomes another; the answer unsubscribes. */
  onChange(change: () => void): () => void;
}

export const browserVisibility: PageVisibility = {
  isVisible: () => document.visibilityState === "visible",
  onChange: (change) => {
    document.addEventListener("visibilitychange", change);
    return () => document.removeEventListener("visibilitychange", change);
  },
};
