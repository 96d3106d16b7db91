import { z } from "zod";
import { bytesPattern } from "../bytes.ts";
import { durationPattern } from "../duration.ts";
import { expecting } from "../shape/expectation.ts";

/** Text with something in it. */
export const text = () => expecting(z.string().regex(/\S/), { expects: "text" });

export const label = () =>
  expecting(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/), {
    expects: "an id (small letters, digits and dashes, at most 63, no dash at either end)",
    code: "bad-id",
    remedy: 'Use small letters, digits and dashes, for example "first-steps".',
  });

export const duration = () =>
  expecting(z.string().regex(durationPattern), {
    expects: "a duration such as 90s, 45m or 1h30m",
    code: "bad-duration",
    remedy: "Write a whole number with a unit: 90s, 45m, 1h30m.",
  });

export const port = () =>
  expecting(z.int().min(1).max(65_535), {
    expects: "a TCP port (1 to 65535)",
    code: "bad-port",
    remedy: "Write one number from 1 to 65535, without quotes.",
  });

export const imageReference = () =>
  expecting(
    z
      .string()
      .regex(
        /^(?=.{1,255}$)[a-z0-9][a-z0-9._-]*(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
      ),
    {
      expects: "an image reference such as debian:12 or example.org/team/image:1.0",
      code: "bad-image",
      remedy: "Write it as docker pull would take it; repositories are in small letters.",
    },
  );

export const imageRepository = () =>
  expecting(
    z
      .string()
      .regex(/^(?=.{1,200}$)[a-z0-9][a-z0-9._-]*(?::\d{1,5}(?=\/))?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/),
    {
      expects: "an image repository without a tag, such as example.org/team/linux-basics",
      code: "bad-image",
      remedy: "Remove the tag: Atelier adds <version>-<step> by itself; repositories are in small letters.",
    },
  );

/** A place in the image: absolute, or `~/…` for the student's home. */
export const imagePath = () =>
  expecting(z.string().regex(/^(?:\/|~\/|~$)/), {
    expects: "an absolute path, or one that starts with ~/",
    code: "relative-path",
    remedy: 'Begin with "/" or with "~/" (the student\'s home).',
  });

/** A place in the workshop folder. Where it leads is looked at by rules, which can see the files. */
export const sourcePath = () => expecting(z.string().min(1), { expects: "a path inside this folder" });

export const fileMode = () =>
  expecting(z.string().regex(/^[0-7]{3,4}$/), {
    expects: 'octal permissions in quotes, such as "0644"',
    code: "bad-mode",
    remedy: 'Write the permissions in quotes: "0644", "0755".',
  });

export const owner = () => z.enum(["student", "root"]);

export const memory = () =>
  expecting(z.union([z.string().regex(bytesPattern), z.int().min(1)]), {
    expects: "an amount of memory such as 512Mi or 1G",
    code: "bad-quantity",
    remedy: "Write a number with a unit: 256Mi, 1Gi.",
  });

export const cpu = () =>
  expecting(z.union([z.number().gt(0), z.string().regex(/^(?:[1-9]\d{0,5}m|\d{1,3}(?:\.\d{1,3})?)$/)]), {
    expects: "a number of cores such as 0.5 or 500m",
    code: "bad-quantity",
    remedy: "Write cores as a number (0.5) or in thousandths (500m).",
  });

/** Environment variables. Numbers and truth values are taken as they are written. */
export const environment = () =>
  expecting(
    z.record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
      expecting(z.union([z.string(), z.number(), z.boolean()]), { expects: "text, a number, true or false" }),
    ),
    {
      expects: "names of environment variables (letters, digits, underscores, no digit first) with their values",
      code: "bad-name",
      remedy: "Write names such as EDITOR or API_URL.",
    },
  );

/** Names of build secrets: they become files in `/run/secrets`. */
export const secretName = () =>
  expecting(z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/), {
    expects: "the name of a secret (letters, digits, dots, dashes, underscores)",
    code: "bad-name",
  });
