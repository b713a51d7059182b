// One line of a Claude Code log: an assistant's message with its usage, in the shape the tool writes.
import { randomUUID } from "node:crypto";

/**
 * What a message uses unless it says otherwise. With Opus 5.5 it costs $0.0498:
 * 1200 · 4 + 3000 · 5 + 500 · 8 + 40000 · 0.2 + 900 · 20 = 49800 millionths of a dollar.
 */
const USAGE = { input: 1200, cacheWrite5m: 3000, cacheWrite1h: 500, cacheRead: 40_000, output: 900 };

export type ClaudeMessage = {
  session?: string;
  cwd?: string;
  timestamp?: Date;
  model?: string;
  messageId?: string;
  requestId?: string;
  input?: number;
  output?: number;
  cacheWrite5m?: number;
  cacheWrite1h?: number;
  cacheRead?: number;
};

export function claudeLine(message: ClaudeMessage) {
  const session = message.session ?? "b2a1c0de-0000-4000-8000-000000000001";
  const cwd = message.cwd ?? "/home/dev/dashboard";
  const { input, cacheWrite5m, cacheWrite1h, cacheRead, output } = { ...USAGE, ...message };
  const line = JSON.stringify({
    type: "assistant",
    uuid: randomUUID(),
    parentUuid: null,
    isSidechain: false,
    userType: "external",
    cwd,
    gitBranch: "main",
    sessionId: session,
    version: "2.1.77",
    timestamp: (message.timestamp ?? new Date()).toISOString(),
    requestId: message.requestId ?? `req_${randomUUID()}`,
    message: {
      id: message.messageId ?? `msg_${randomUUID()}`,
      type: "message",
      role: "assistant",
      model: message.model ?? "claude-opus-5-5",
      content: [{ type: "text", text: "…" }],
      stop_reason: null,
      usage: {
        input_tokens: input,
        output_tokens: output,
        cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
        cache_read_input_tokens: cacheRead,
        cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
        service_tier: "standard",
      },
    },
  });
  return { line, slug: cwd.replace(/[^a-zA-Z0-9]/g, "-"), session };
}
