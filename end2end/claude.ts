// One line of a Claude Code log: an assistant's message with its usage, in the shape the tool writes.
import { randomUUID } from "node:crypto";

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
  const write5m = message.cacheWrite5m ?? 0;
  const write1h = message.cacheWrite1h ?? 0;
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
        input_tokens: message.input ?? 1200,
        output_tokens: message.output ?? 900,
        cache_creation_input_tokens: write5m + write1h,
        cache_read_input_tokens: message.cacheRead ?? 0,
        cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
        service_tier: "standard",
      },
    },
  });
  return { line, slug: cwd.replace(/[^a-zA-Z0-9]/g, "-"), session };
}
