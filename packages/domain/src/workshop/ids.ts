declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The name of a step's folder: `[a-z0-9]` first, then `[a-z0-9-]`, at most 63 characters. */
export type StepId = Branded<"StepId">;
/** `workshop.name`: same alphabet as a step id. */
export type WorkshopName = Branded<"WorkshopName">;
/** Name of a running workspace, unique in a state directory; a DNS label. */
export type WorkspaceName = Branded<"WorkspaceName">;

/** Ids that mean something to Atelier itself and can therefore not name a step. */
export const reservedStepIds = ["start", "latest"] as const;

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const labelParser =
  <T extends string>() =>
  (text: string): T | undefined =>
    dnsLabel.test(text) ? (text as T) : undefined;

/** The id, or undefined when the text is not a DNS label. Does not refuse reserved ids. */
export const parseStepId = labelParser<StepId>();
export const parseWorkshopName = labelParser<WorkshopName>();
export const parseWorkspaceName = labelParser<WorkspaceName>();
