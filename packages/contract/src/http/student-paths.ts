/**
 * HTTP between the student's browser and the workspace server. Every route but `/api/boot`, `/login`
 * and the static bundle needs the session cookie (or `Authorization: Bearer <token>`); every route
 * checks Host against the configured origins, and every one that changes something or upgrades checks
 * Origin too. Errors are a `Problem` with a 4xx or 5xx status.
 *
 *   GET  /login?token=T[&to=/path]     sets the cookie, redirects
 *   GET  /api/boot                     BootView; no auth, names nothing but the phase
 *   GET  /api/workspace                WorkspaceView
 *   GET  /api/steps/:id                StepView
 *   GET  /api/pages/:page              PageView; page = intro | finish
 *   POST /api/steps/:id/check          CheckView (409 `check-running` while another runs)
 *   POST /api/steps/:id/complete       StepSummary; steps without a check
 *   POST /api/steps/:id/enter          WorkspaceView; navigation only, swaps nothing
 *   GET  /api/steps/:id/help/:level    HelpView; the opening is recorded
 *   GET  /api/steps/:id/help/context   LlmContextView for `?level=`; 404 `no-llm` without a provider
 *   POST /api/steps/:id/ask            body NewQuestion; SSE of AskEvent. 404 `no-llm`, 429 `rate-limited`
 *                                      with Retry-After, 403 `spend-limit`, 409 `ask-running`
 *   POST /api/requests                 RequestView; body NewRequest (409 `jobs-running` with the jobs as
 *                                      fields, unless `confirmed`)
 *   GET  /api/checkpoints              CheckpointView[], newest first
 *   GET  /api/terminals                TerminalView[]
 *   POST /api/terminals                TerminalView; opens another one
 *   DELETE /api/terminals/:name        204
 *   GET  /api/terminals/:name          WebSocket: contract/terminal
 *   GET  /api/events                   SSE: ServerSentEvent; id = running number, resume by Last-Event-ID;
 *                                      `heartbeat` every 15 s, without a number
 *   GET  /content/assets/…             workshop assets
 *   GET  /content/steps/:id/assets/…   step assets
 */
export const studentApi = {
  login: "/login",
  boot: "/api/boot",
  workspace: "/api/workspace",
  step: "/api/steps/:id",
  page: "/api/pages/:page",
  check: "/api/steps/:id/check",
  complete: "/api/steps/:id/complete",
  enter: "/api/steps/:id/enter",
  help: "/api/steps/:id/help/:level",
  helpContext: "/api/steps/:id/help/context",
  ask: "/api/steps/:id/ask",
  requests: "/api/requests",
  checkpoints: "/api/checkpoints",
  terminals: "/api/terminals",
  terminal: "/api/terminals/:name",
  events: "/api/events",
} as const;
