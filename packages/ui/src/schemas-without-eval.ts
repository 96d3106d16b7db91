import { z } from "zod";

// Zod would try whether it may compile its schemas. The page's policy refuses that, and the browser reports it.
z.config({ jitless: true });
