import { readFile } from "node:fs/promises";
import { platformPaths } from "@atelier/contract";
import { AppError } from "@atelier/domain";

/**
 * A folder in memory that every container has, of its own: what lies there gets into no layer, and mounting it
 * leaves no empty folder behind either.
 */
const folder = "/dev/shm/atelier-trust";
const bundle = `${folder}/ca.pem`;

/**
 * Certificates of authorities that the author's network adds, as PEM: the file that `NODE_EXTRA_CA_CERTS`
 * names. Node reads it for this process by itself. Throws `AppError` `ca-not-readable`.
 */
export const readExtraTrust = async (
  env: Readonly<Record<string, string | undefined>>,
): Promise<Buffer | undefined> => {
  const file = env.NODE_EXTRA_CA_CERTS;
  if (!file) return undefined;
  const hint = "Point NODE_EXTRA_CA_CERTS at a PEM file, or unset it.";
  const pem = await readFile(file).catch((cause: Error) => {
    throw new AppError("ca-not-readable", `NODE_EXTRA_CA_CERTS: ${cause.message}`, { hint, cause });
  });
  if (!pem.includes("-----BEGIN CERTIFICATE-----"))
    throw new AppError("ca-not-readable", `NODE_EXTRA_CA_CERTS: ${file} holds no certificate.`, { hint });
  return pem;
};

/** What {@link trustScript} reads. */
export const trustInput = (pem: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${pem.length}\n`), pem]);

/**
 * For `sh -c`: reads further authorities from stdin and puts them behind those of the image, else behind
 * Atelier's own. Everybody may read them: commands run as somebody else, and apt fetches as a third.
 */
export const trustScript = [
  "umask 022",
  `mkdir -p ${folder}`,
  // As many bytes as the first line says: a stdin need not end. Some programs named head take more, so nothing
  // may follow.
  "read -r size",
  `head -c "$size" > ${folder}/extra.pem`,
  `for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem ${platformPaths.caCertificates}; do [ -s "$file" ] && break; done`,
  `cat "$file" ${folder}/extra.pem > ${bundle}`,
  `echo 'Acquire::https::CAInfo "${bundle}";' > ${folder}/apt.conf`,
].join("; ");

/** Where programs look for the authorities they trust, each under the name that it reads. */
export const trustEnvironment: Readonly<Record<string, string>> = {
  SSL_CERT_FILE: bundle,
  CURL_CA_BUNDLE: bundle,
  GIT_SSL_CAINFO: bundle,
  REQUESTS_CA_BUNDLE: bundle,
  PIP_CERT: bundle,
  CARGO_HTTP_CAINFO: bundle,
  NODE_EXTRA_CA_CERTS: bundle,
  APT_CONFIG: `${folder}/apt.conf`,
};
