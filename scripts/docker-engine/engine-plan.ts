import { AppError } from "@atelier/domain";

/** What is known of a machine on which no engine answers. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  /** Debian itself or a relative of it that has its packages. */
  readonly isDebian: boolean;
  /** Root, or sudo that asks for no password. */
  readonly canBecomeRoot: boolean;
  readonly hasDaemon: boolean;
  /** Where `DOCKER_HOST` points, if it is set. */
  readonly dockerHost?: string;
  /** `ATELIER_NO_INSTALL=1`. */
  readonly isInstallRefused: boolean;
}

/** What to do until an engine answers. */
export interface EnginePlan {
  readonly isInstalling: boolean;
}

const unreachable = (message: string, hint: string): AppError => new AppError("docker-unreachable", message, { hint });

/**
 * Decides how to get an engine on a machine where none answers. Throws `AppError` `docker-unreachable`
 * that says what to do where nothing can or may be done.
 */
export const planEngine = (facts: MachineFacts): EnginePlan => {
  const { platform, dockerHost } = facts;
  if (dockerHost !== undefined) {
    throw unreachable(
      `No Docker engine answers at DOCKER_HOST=${dockerHost}.`,
      "Start that engine, or unset DOCKER_HOST.",
    );
  }
  if (platform !== "linux") {
    const program =
      platform === "darwin" ? "Docker Desktop, Colima or OrbStack" : "Docker Desktop with its WSL2 backend";
    throw unreachable("No Docker engine answers.", `Install and start ${program}, then run this again.`);
  }
  if (facts.hasDaemon) {
    if (facts.canBecomeRoot) return { isInstalling: false };
    throw unreachable(
      "Docker is installed, but no engine answers.",
      "Start it: sudo systemctl start docker (and join the group docker).",
    );
  }
  if (!facts.isDebian) {
    throw unreachable(
      "No Docker engine is installed.",
      "Install Docker with your distribution's packages and start it; only on Debian this script does it.",
    );
  }
  if (facts.isInstallRefused) {
    throw unreachable(
      "No Docker engine is installed, and ATELIER_NO_INSTALL=1 refuses to install one.",
      "Install docker.io, or unset ATELIER_NO_INSTALL.",
    );
  }
  if (facts.canBecomeRoot) return { isInstalling: true };
  throw unreachable(
    "No Docker engine is installed, and installing one needs root.",
    "Run this as root, or install docker.io first: sudo apt-get install docker.io",
  );
};
