import { setTimeout as sleep } from "node:timers/promises";
import type { ServerResponse } from "node:http";
import {
  type AskEvent,
  type LlmContextView,
  type LlmMessages,
  messageWithQuestion,
  type NewQuestion,
} from "@atelier/contract";

const material: LlmMessages = {
  system: "You help a student in a hands-on workshop who is stuck.",
  message: '<material what="step: Make files and folders">\nMake a folder for your notes.\n</material>',
};

const hostile = '<img src=x onerror="window.hacked=1"> <script>window.hacked=2</script> [a link](javascript:alert(1))';
const answer = "Have you looked with `ls ~`?\n\n```bash\nmkdir -p ~/notes\n```\nThen check again.";

/**
 * A pretended model. A question that holds `limit`, `cut`, `wait` or `hostile` is answered like that, any
 * other in full.
 */
export interface FakeModel {
  context(): LlmContextView;
  ask(response: ServerResponse, question: NewQuestion): Promise<void>;
}

export const createFakeModel = (): FakeModel => {
  const earlier: LlmContextView["earlier"] = [];
  let asked = 0;
  const say = (response: ServerResponse, { type, ...data }: AskEvent): boolean =>
    response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  return {
    context: () => ({
      provider: "anthropic",
      model: "fake-1",
      host: "llm.example",
      messages: material,
      limits: { perMinute: 6, left: 6 - asked, retryAfterSeconds: 0, spend: 2, spent: 0.0012 * asked },
      earlier,
    }),
    ask: async (response, { question, level }) => {
      if (question.includes("limit")) {
        response.writeHead(429, { "content-type": "application/json", "retry-after": "2" });
        response.end(JSON.stringify({ code: "rate-limited", message: "You can ask again in 2 s.", fields: [] }));
        return;
      }
      asked++;
      const id = `ask-${asked}`;
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      say(response, {
        type: "start",
        id,
        messages: { ...material, message: messageWithQuestion(material.message, question) },
      });
      const text = question.includes("hostile") ? hostile : answer;
      for (const word of text.split(/(?<= )/)) {
        say(response, { type: "text", text: word });
        await sleep(20);
        if (question.includes("wait")) await new Promise((resolve) => response.once("close", resolve));
        if (question.includes("cut")) {
          say(response, { type: "end", outcome: "cut", code: "provider-cut", cause: "The provider broke off." });
          response.end();
          return;
        }
      }
      earlier.push({ id, level, question, answer: text, at: new Date().toISOString() });
      say(response, { type: "end", outcome: "answered" });
      response.end();
    },
  };
};
