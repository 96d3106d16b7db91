import { z } from "zod";
import { cpu, duration, label, memory, port, text } from "../spec/schema/scalars.ts";
import { expecting } from "../spec/shape/expectation.ts";
import { isCidr } from "./cidr.ts";

const count = (what: string) =>
  expecting(z.int().min(1), { expects: `a whole number of ${what}`, code: "bad-quantity" });

const stringMap = () =>
  expecting(z.record(z.string(), z.string()), { expects: "a mapping of names to texts (numbers in quotes)" });

/** What Kubernetes defines is handed on as it is, and checked by the cluster. */
const handedOn = () => expecting(z.record(z.string(), z.unknown()), { expects: "a mapping, as Kubernetes has it" });

const address = () =>
  expecting(z.string().regex(/^https?:\/\/[^\s/]+\S*$/), { expects: "an http or https address", code: "bad-url" });

const switchWord = () => z.enum(["on", "off"]);

const lifecycle = z
  .strictObject({
    ttl: duration().optional().describe("How long a workspace runs before it is stopped, such as 8h."),
    retain: duration().optional().describe("How long a stopped workspace is kept before it is deleted."),
    idleSuspend: duration().optional().describe("After how long without activity a workspace is suspended."),
    prewarm: z
      .enum(["off", "container", "next"])
      .optional()
      .describe("How far the next step is prepared ahead: its container without a server, or with it."),
  })
  .describe("How long workspaces live.");

const resources = z
  .strictObject({
    container: z
      .strictObject({
        cpu: cpu().optional().describe("Cores of the student's container, such as 0.5 or 500m."),
        memory: memory().optional().describe("Memory of the student's container, such as 2Gi."),
        pids: count("processes").optional().describe("Processes and threads in the student's container."),
      })
      .optional()
      .describe("Limits of the student's container."),
    quota: expecting(z.record(z.string(), z.union([z.string(), z.number()])), {
      expects: 'a mapping of resources to quantities, such as pods: "10"',
    })
      .optional()
      .describe("Quota of the student's namespace, as a ResourceQuota has it under hard."),
    storage: z
      .strictObject({
        className: text().optional().describe("Storage class of the workspace's volume."),
        size: memory().optional().describe("Size of the workspace's volume, such as 1Gi."),
      })
      .optional()
      .describe("The volume that holds progress, logs and checkpoints."),
  })
  .describe("What a workspace may use.");

const egressRule = z.strictObject({
  cidr: expecting(z.string().refine(isCidr), {
    expects: "a network such as 10.1.0.0/16 or 2001:db8::/32",
    code: "bad-cidr",
    remedy: "Write the address and the length of the prefix: 10.1.0.0/16.",
  }).describe("The network that may be reached."),
  ports: z.array(port()).optional().describe("Only these ports; default all."),
});

const network = z
  .strictObject({
    egress: expecting(z.union([z.enum(["internet", "none"]), z.array(egressRule)]), {
      expects: "internet, none, or a list of networks (each with cidr and, if wanted, ports)",
      code: "bad-cidr",
      remedy: "Write internet, none, or a list such as [{cidr: 10.1.0.0/16, ports: [443]}].",
    })
      .optional()
      .describe("What students may reach: internet is all but cluster, node, private and metadata networks."),
    acceptUnenforced: z.boolean().optional().describe("Whether workspaces may run where no policy is enforced."),
    proxy: address().optional().describe("The proxy for http and https."),
    caBundle: text().optional().describe("A file of certificates to trust in addition."),
  })
  .describe("What workspaces may reach.");

const access = z
  .strictObject({
    webTerminal: z.boolean().optional().describe("Whether the page offers a terminal."),
    rbac: z
      .enum(["none", "view", "edit", "admin"])
      .optional()
      .describe("Rights of the student in their own namespace."),
    oidc: z
      .strictObject({
        issuer: address().describe("Address of the identity provider."),
        clientId: text().describe("Name under which the identity provider knows Atelier."),
      })
      .optional()
      .describe("Sign-in through an identity provider."),
  })
  .describe("Who gets in, and with which rights.");

const dollars = () => expecting(z.number().min(0), { expects: "an amount of money, 0 or more", code: "bad-quantity" });

const help = z
  .strictObject({
    provider: z
      .enum(["none", "anthropic", "openai-compatible"])
      .optional()
      .describe("Who answers questions of students."),
    endpoint: address().optional().describe("Address of the provider; needed for openai-compatible."),
    model: text().optional().describe("The provider's name of the model."),
    keyFrom: z
      .strictObject({
        env: text().optional().describe("An environment variable that holds the provider's key."),
        file: text().optional().describe("A file that holds the provider's key."),
        secret: text().optional().describe("A Kubernetes Secret that holds the provider's key."),
      })
      .optional()
      .describe("Where the provider's key is: exactly one of env, file, secret."),
    limits: z
      .strictObject({
        perMinute: count("questions").optional().describe("Questions a minute and workspace."),
        spend: expecting(z.number().gt(0), { expects: "an amount of money above 0", code: "bad-quantity" })
          .optional()
          .describe("US dollars a workspace may cost."),
      })
      .optional(),
    price: z
      .strictObject({
        input: dollars().describe("US dollars for a million tokens that are sent."),
        output: dollars().describe("US dollars for a million tokens of answers."),
      })
      .optional()
      .describe("What the model costs; without it limits.spend reckons with a dear one (15 and 75)."),
    acceptKeyExposure: z
      .boolean()
      .optional()
      .describe("Accepts that a student with root rights could read the provider's key."),
  })
  .describe("Help by a language model.");

const pod = z
  .strictObject({
    security: handedOn().optional().describe("The pod's securityContext."),
    runtimeClassName: text().optional().describe("The pod's runtime class."),
    hostUsers: z.boolean().optional().describe("Whether the pod shares the host's user ids."),
    nodeSelector: stringMap().optional().describe("Labels a node must have."),
    tolerations: z.array(handedOn()).optional().describe("Taints of nodes that are tolerated."),
    affinity: handedOn().optional().describe("Which nodes and neighbours are preferred."),
    priorityClassName: text().optional().describe("The pod's priority class."),
    labels: stringMap().optional().describe("More labels for the pod."),
    annotations: stringMap().optional().describe("More annotations for the pod."),
  })
  .describe("The pod on Kubernetes.");

const images = z
  .strictObject({
    pullSecrets: z.array(text()).optional().describe("Secrets with which images are pulled."),
    rewrite: z
      .array(
        z.strictObject({
          from: text().describe("Beginning of an image's name."),
          to: text().describe("What stands there instead."),
        }),
      )
      .optional()
      .describe("Other places to pull images from, such as a mirror."),
  })
  .describe("Where images come from.");

const timezone = () =>
  expecting(z.string().refine(isTimezone), {
    expects: "a time zone such as UTC or Europe/Zurich",
    code: "bad-timezone",
    remedy: "Write its name in the IANA database, for example Europe/Zurich.",
  });

const isTimezone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

const spec = z
  .strictObject({
    parameters: expecting(
      z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/), z.union([z.string(), z.number(), z.boolean()])),
      {
        expects: "names of parameters (letters, digits, underscores, no digit first) with their values",
        code: "bad-name",
      },
    )
      .optional()
      .describe("Values for the workshop's parameters."),
    lifecycle: lifecycle.optional(),
    isolation: z
      .strictObject({
        mode: z
          .enum(["individual", "team"])
          .optional()
          .describe("Whether a workspace is for one person or for a team."),
      })
      .optional()
      .describe("Who shares a workspace."),
    resources: resources.optional(),
    network: network.optional(),
    access: access.optional(),
    monitoring: z
      .strictObject({ aggregate: z.boolean().optional().describe("Whether all workspaces report to one dashboard.") })
      .optional(),
    recording: z
      .strictObject({
        commands: switchWord().optional().describe("Whether commands are logged."),
        terminal: switchWord().optional().describe("Whether terminals are recorded."),
      })
      .optional()
      .describe("What is recorded; off is visible to everyone."),
    help: help.optional(),
    pod: pod.optional(),
    images: images.optional(),
    batch: z
      .strictObject({
        max: count("workspaces").optional().describe("The most workspaces of one batch."),
        concurrency: count("workspaces").optional().describe("How many workspaces are started at once."),
      })
      .optional()
      .describe("Many workspaces at once."),
    timezone: timezone().optional().describe("The student's time zone."),
  })
  .describe("How workspaces run.");

/** A `WorkspaceTemplate` as it is written. Defaults are filled in by `parseTemplate`. */
export const templateSchema = z
  .strictObject({
    apiVersion: expecting(z.literal("atelier.dev/v1alpha1"), {
      expects: "atelier.dev/v1alpha1",
      code: "unknown-format-version",
      remedy: 'Write "apiVersion: atelier.dev/v1alpha1".',
    }).describe("Version of this format."),
    kind: expecting(z.literal("WorkspaceTemplate"), { expects: "WorkspaceTemplate" }).describe(
      "What this document is.",
    ),
    metadata: z.strictObject({ name: label().describe("Name of the template.") }),
    spec: spec.optional(),
  })
  .describe("How workspaces of Atelier run: lifecycle, isolation, resources, network, access, help.");

export type TemplateInput = z.infer<typeof templateSchema>;
export type TemplateSpecInput = NonNullable<TemplateInput["spec"]>;
