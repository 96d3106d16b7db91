/** What `doctor` has to say of one thing. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "error";
  readonly found: string;
  /** What to do; empty for `ok`. */
  readonly fix: string;
}
