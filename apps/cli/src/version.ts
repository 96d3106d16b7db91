/** Version of the CLI and of everything it brings. */
export const version = "0.1.0";
