import { z } from "zod";
import { expecting } from "../shape/expectation.ts";
import {
  cpu,
  duration,
  environment,
  imagePath,
  imageReference,
  imageRepository,
  label,
  memory,
  owner,
  port,
  sourcePath,
  text,
} from "./scalars.ts";
import { startCommandSchema } from "./start-command-schema.ts";

const tabSchema = z
  .strictObject({
    title: text().describe("What the tab is called."),
    port: port().describe("The port on the student's machine that it shows."),
    path: expecting(z.string().regex(/^\//), { expects: 'a URL path that begins with "/"' })
      .optional()
      .describe("Default /."),
  })
  .describe("A tab beside the terminal that shows a web page served in the student's machine.");

const parameterSchema = z
  .strictObject({
    name: expecting(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/), {
      expects: "a name of letters, digits and underscores, no digit first",
      code: "bad-name",
    }).describe("Name of the environment variable that holds the value."),
    description: z.string().optional().describe("What to tell who fills it in."),
    required: z.boolean().optional().describe("Default false."),
    secret: z.boolean().optional().describe("Is never shown nor logged; default false."),
    pattern: z.string().optional().describe("A regular expression that the whole value has to match."),
  })
  .describe("Something that differs from workspace to workspace.");

const variableSchema = z
  .strictObject({
    name: expecting(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/), {
      expects: "a name of letters, digits and underscores, no digit first",
      code: "bad-name",
    }).describe("What pages write between braces: {{ NAME }}."),
    question: text().describe("What the student is asked."),
    default: z.string().max(200).optional().describe("What it is as long as nothing else was said."),
    pattern: z.string().optional().describe("A regular expression that the whole value has to match."),
  })
  .describe("Something that each student fills in, once, for all pages.");

const workshopSection = z
  .strictObject({
    name: label().describe("Short name, unique among your workshops: small letters, digits, dashes."),
    version: expecting(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/), {
      expects: 'a version in quotes, such as "1.0.0"',
      code: "bad-version",
      remedy: 'Put the version in quotes: letters, digits, dots, dashes, at most 48, for example "1.0".',
    }).describe("Version of the content; part of every image tag."),
    title: text().describe("What people see."),
    description: z.string().optional().describe("One or two sentences."),
    authors: z.array(text()).optional(),
    license: text().optional().describe("SPDX identifier, such as CC-BY-4.0."),
    tags: z.array(text()).optional(),
    difficulty: z.enum(["beginner", "intermediate", "advanced"]).optional(),
    duration: duration().optional().describe("How long it takes, such as 45m."),
    language: expecting(z.string().regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/), {
      expects: "a language tag such as en or pt-BR",
      code: "bad-language",
    })
      .optional()
      .describe("Language of the texts (BCP 47); default en."),
    feedbackUrl: expecting(z.string().regex(/^https?:\/\/[^\s/]+\S*$/), {
      expects: "an http or https address",
      code: "bad-url",
    })
      .optional()
      .describe("Where students can tell what they think."),
    image: imageRepository().optional().describe("Repository of the images, without a tag; default atelier/<name>."),
    navigation: z
      .enum(["linear", "free", "guided"])
      .optional()
      .describe("linear: one after the other; free: any order; guided: as requires says. Default linear."),
    next: z
      .enum(["swap", "keep"])
      .optional()
      .describe(
        "swap: the next step starts on this step's image; keep: it goes on in the same container. Default swap.",
      ),
    user: owner().optional().describe("Who the student's shell runs as; default student."),
    sudo: z.boolean().optional().describe("Whether the student may become root; default false."),
    shell: expecting(z.string().regex(/^\//), { expects: "an absolute path such as /bin/bash", code: "relative-path" })
      .optional()
      .describe("Default: the first of bash, zsh, sh that the image has."),
    workdir: imagePath().optional().describe("Where shells start; default the student's home."),
    keep: z.array(imagePath()).optional().describe("More places whose changes carry over from step to step."),
    editor: z.boolean().optional().describe("Whether the page offers a file editor; default false."),
    tabs: z.array(tabSchema).optional(),
    parameters: z.array(parameterSchema).optional(),
    variables: z.array(variableSchema).optional(),
    onStart: z.array(startCommandSchema).optional(),
  })
  .describe("What the workshop is and how it is worked through.");

const baseSection = z
  .strictObject({
    image: imageReference().optional().describe("An image to stand on, such as debian:12."),
    containerFile: sourcePath().optional().describe("A Dockerfile in this folder to build the base from."),
  })
  .describe("What the first image stands on: exactly one of image and containerFile.");

const serviceSchema = z
  .strictObject({
    name: label().describe("The host name under which the student reaches it."),
    image: imageReference().optional(),
    containerFile: sourcePath().optional().describe("A Dockerfile in this folder."),
    from: z.literal("workshop").optional().describe("Runs on the workshop's own start image."),
    command: z.array(z.string()).optional().describe("Program and arguments, one item each."),
    env: environment().optional(),
    ports: z.array(port()).optional(),
    ready: z
      .strictObject({ port: port().optional(), command: text().optional() })
      .optional()
      .describe("When it counts as started: exactly one of port and command."),
    resources: z
      .strictObject({
        cpu: cpu().optional(),
        memory: memory().optional(),
        pids: expecting(z.int().min(1), { expects: "a whole number of processes", code: "bad-quantity" }).optional(),
      })
      .optional()
      .describe("Limits of the container."),
    onReset: z.enum(["restart", "keep"]).optional().describe("What a reset does with it; default restart."),
  })
  .describe("Another container beside the student's: exactly one of image, containerFile and from.");

const infrastructureSection = z
  .strictObject({
    cluster: z
      .strictObject({
        provider: z.enum(["k3d", "vcluster"]).optional().describe("Default: k3d on Docker, vcluster on Kubernetes."),
        version: text().optional().describe("Kubernetes version."),
        onReset: z.enum(["recreate", "keep"]).optional().describe("What a reset does with it; default recreate."),
      })
      .optional()
      .describe("A Kubernetes cluster for the student."),
    services: z.array(serviceSchema).optional(),
  })
  .describe("What runs beside the student's container.");

/** `workshop.yaml` as it is written. Defaults are filled in by `parseWorkshop`. */
export const workshopSchema = z
  .strictObject({
    version: expecting(z.literal("v1"), {
      expects: "v1",
      code: "unknown-format-version",
      remedy: 'Write "version: v1"; the version of your content is workshop.version.',
    }).describe("Version of this format."),
    workshop: workshopSection,
    base: baseSection,
    infrastructure: infrastructureSection.optional(),
    steps: expecting(z.array(label()).min(1), { expects: "a list of at least one step id", code: "no-steps" }).describe(
      "Ids of the steps in order; each is a folder below steps/.",
    ),
  })
  .describe("An Atelier workshop.");

export type WorkshopInput = z.infer<typeof workshopSchema>;
export type ServiceInput = z.infer<typeof serviceSchema>;
export type StartCommandInput = z.infer<typeof startCommandSchema>;
