/** Version of the supervisor; the CLI that starts one brings its own, which is the same. */
export const version = "0.1.0";
