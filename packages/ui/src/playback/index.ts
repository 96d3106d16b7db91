export { CastPlayer, type CastPlayerHandle, type CastPlayerProps } from "./cast-player.tsx";
export { PlaybackPanel, type PlaybackPanelProps, type PlaybackTarget } from "./playback-panel.tsx";
