// The same journey with the network away for as long as a lift or a tunnel takes.
process.env["ATELIER_OFFLINE_MS"] = "20000";
await import("./journey.docker.browser.test.ts");
