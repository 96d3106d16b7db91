import assert from "node:assert/strict";
import { test } from "node:test";
import { isAppError } from "@atelier/domain";
import { type MachineFacts, planEngine } from "./engine-plan.ts";

const debian: MachineFacts = {
  platform: "linux",
  isDebian: true,
  canBecomeRoot: true,
  hasDaemon: false,
  isInstallRefused: false,
};

const refusal = (facts: Partial<MachineFacts>): string => {
  try {
    return JSON.stringify(planEngine({ ...debian, ...facts }));
  } catch (error) {
    return isAppError(error) ? `${error.code}: ${error.message} ${error.hint}` : String(error);
  }
};

test("a bare Debian gets an engine installed, one with a daemon only gets it started", () => {
  assert.deepEqual(planEngine(debian), { isInstalling: true });
  assert.deepEqual(planEngine({ ...debian, hasDaemon: true }), { isInstalling: false });
  assert.deepEqual(planEngine({ ...debian, hasDaemon: true, isInstallRefused: true }), { isInstalling: false });
  assert.deepEqual(planEngine({ ...debian, hasDaemon: true, isDebian: false }), { isInstalling: false });
});

test("where nothing can or may be done, it says what to do", () => {
  assert.match(refusal({ isInstallRefused: true }), /^docker-unreachable: .*ATELIER_NO_INSTALL=1/);
  assert.match(refusal({ canBecomeRoot: false }), /needs root.*sudo apt-get install docker\.io/);
  assert.match(refusal({ isDebian: false }), /your distribution's packages/);
  assert.match(refusal({ canBecomeRoot: false, hasDaemon: true }), /systemctl start docker/);
  assert.match(refusal({ platform: "darwin" }), /Docker Desktop, Colima/);
  assert.match(refusal({ platform: "win32" }), /WSL2/);
  assert.match(refusal({ dockerHost: "tcp://10.0.0.1:2375", hasDaemon: true }), /DOCKER_HOST=tcp:\/\/10\.0\.0\.1:2375/);
});
