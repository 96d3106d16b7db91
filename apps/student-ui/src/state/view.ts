import type { WorkspaceView } from "@atelier/contract";

/** Which page of the workshop is shown. */
export type View =
  | { readonly page: "intro" }
  | { readonly page: "step"; readonly step: string }
  | { readonly page: "finish" }
  /** All pages that may be seen, one below the other, to be printed. */
  | { readonly page: "print" };

export const viewHash = (view: View): string =>
  view.page === "step" ? `#/steps/${encodeURIComponent(view.step)}` : `#/${view.page}`;

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

export const parseHash = (hash: string): View | undefined => {
  if (hash === "#/intro") return { page: "intro" };
  if (hash === "#/finish") return { page: "finish" };
  if (hash === "#/print") return { page: "print" };
  const encoded = /^#\/steps\/([^/]+)$/.exec(hash)?.[1];
  const step = encoded === undefined ? undefined : decode(encoded);
  return step === undefined ? undefined : { page: "step", step };
};

/** What to show when the address names nothing that may be seen: where the student is. */
export const homeView = (workspace: WorkspaceView): View =>
  workspace.currentStep === undefined ? { page: "intro" } : { page: "step", step: workspace.currentStep };

/** Whether the page exists in this workshop and is not locked. */
export const mayView = (view: View, workspace: WorkspaceView): boolean =>
  view.page !== "step" || workspace.steps.some((step) => step.id === view.step && step.state !== "locked");
