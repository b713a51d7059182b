// Stand-ins for the providers' reports, on one port of this machine: a day of usage for every day asked for.
import { once } from "node:events";
import { createServer, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const DAY_MS = 86_400_000;

const iso = (ms: number) => new Date(ms).toISOString().replace(".000", "");
const date = (ms: number) => iso(ms).slice(0, 10);

/** What a day of each provider holds, in tokens: input, output. Times `Providers.times`. */
export const DAY = { anthropic: [1000, 100], openai: [500, 50], openrouter: [200, 20], litellm: [300, 30] } as const;

export class Providers {
  /** How many times as much Anthropic and OpenAI report of a day. */
  times = 1;
  /** The lines of every day's bill: Anthropic's cost report, OpenAI's costs. */
  bills: { anthropic: object[]; openai: object[] } = { anthropic: [], openai: [] };
  /** Images that OpenAI made every day. */
  images = 0;
  /** Paths that were asked for, with their queries. */
  readonly asked: string[] = [];
  /** Requests of a path from the n-th on are never answered. */
  private silent?: { path: string; from: number };

  private constructor(private readonly http: HttpServer) {}

  static async start(): Promise<Providers> {
    const http = createServer();
    const providers = new Providers(http);
    http.on("request", (request, response) => providers.answer(new URL(request.url!, "http://localhost"), response));
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return providers;
  }

  /** The settings that lead a dashboard here. */
  get env(): Record<string, string> {
    const base = `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
    return {
      ANTHROPIC_ADMIN_KEY: "sk-ant-admin01-canary",
      OPENAI_ADMIN_KEY: "sk-admin-canary",
      OPENROUTER_MANAGEMENT_KEY: "sk-or-canary",
      LITELLM_API_KEY: "sk-litellm-canary",
      ALLCLEAR_ANTHROPIC_BASE_URL: base,
      ALLCLEAR_OPENAI_BASE_URL: base,
      ALLCLEAR_OPENROUTER_BASE_URL: base,
      ALLCLEAR_LITELLM_BASE_URL: base,
    };
  }

  count(path: string) {
    return this.asked.filter((asked) => asked.startsWith(path)).length;
  }

  /** From its `from`-th request on, a path gets no answer; `undefined` answers everything again. */
  keepSilent(silent?: { path: string; from: number }) {
    this.silent = silent;
  }

  async stop() {
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, "close");
  }

  private answer(url: URL, response: ServerResponse) {
    this.asked.push(url.pathname + url.search);
    if (this.silent && url.pathname === this.silent.path && this.count(this.silent.path) >= this.silent.from) return;
    const body = report(url, this);
    response.writeHead(body ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { error: { message: "there is no such report" } }));
  }
}

function report(url: URL, providers: Providers): object | undefined {
  const query = url.searchParams;
  switch (url.pathname) {
    case "/v1/organizations/usage_report/messages":
      return anthropicDays(query, [anthropicUsage(providers.times)]);
    case "/v1/organizations/cost_report":
      return anthropicDays(query, providers.bills.anthropic);
    case "/v1/organizations/usage_report/claude_code":
      return { data: [], has_more: false, next_page: null };
    case "/v1/organizations/workspaces":
      return { data: [{ id: "wrkspc_1", name: "Shop" }], has_more: false, last_id: "wrkspc_1" };
    case "/v1/organizations/api_keys":
      return { data: [{ id: "apikey_1", name: "ci" }], has_more: false, last_id: "apikey_1" };
    case "/v1/organization/usage/completions":
      return openaiDays(query, [openaiUsage(providers.times)]);
    case "/v1/organization/usage/embeddings":
    case "/v1/organization/usage/moderations":
      return openaiDays(query, []);
    case "/v1/organization/usage/images":
      return openaiDays(query, providers.images ? [{ images: providers.images, num_model_requests: 1 }] : []);
    case "/v1/organization/costs":
      return openaiDays(query, providers.bills.openai);
    case "/v1/organization/projects":
      return { object: "list", data: [], has_more: false, last_id: null };
    case "/api/v1/activity":
      return { data: days(Date.now() - 30 * DAY_MS, 30).map(openrouterRow) };
    case "/api/v1/credits":
      return { data: { total_credits: 100.5, total_usage: 25.75 } };
    case "/api/v1/key":
      return { data: { limit: null, limit_remaining: null, limit_reset: null } };
    case "/user/daily/activity":
      return litellmDays(query);
    default:
      return undefined;
  }
}

const days = (start: number, count: number) =>
  Array.from({ length: Math.max(0, Math.floor(count)) }, (_, number) => start + number * DAY_MS);

function anthropicDays(query: URLSearchParams, results: object[]) {
  const end = Date.parse(query.get("ending_at")!);
  const start = Number(query.get("page") ?? Date.parse(query.get("starting_at")!));
  const last = Math.min(end, start + Number(query.get("limit")) * DAY_MS);
  const data = days(start, (last - start) / DAY_MS).map((day) => ({
    starting_at: iso(day),
    ending_at: iso(day + DAY_MS),
    results,
  }));
  return { data, has_more: last < end, next_page: last < end ? String(last) : null };
}

const anthropicUsage = (times: number) => ({
  uncached_input_tokens: DAY.anthropic[0] * times,
  cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
  cache_read_input_tokens: 0,
  output_tokens: DAY.anthropic[1] * times,
  api_key_id: "apikey_1",
  workspace_id: "wrkspc_1",
  model: "claude-opus-5-5",
  service_tier: "standard",
  context_window: "0-200k",
  inference_geo: "global",
});

function openaiDays(query: URLSearchParams, results: object[]) {
  const end = Number(query.get("end_time"));
  const start = Number(query.get("page") ?? query.get("start_time"));
  const day = DAY_MS / 1000;
  const last = Math.min(end, start + Number(query.get("limit")) * day);
  const data = days(0, (last - start) / day).map((_, number) => ({
    object: "bucket",
    start_time: start + number * day,
    end_time: start + (number + 1) * day,
    results,
  }));
  return { object: "page", data, has_more: last < end, next_page: last < end ? String(last) : null };
}

const openaiUsage = (times: number) => ({
  object: "organization.usage.completions.result",
  input_tokens: DAY.openai[0] * times,
  input_cached_tokens: 0,
  output_tokens: DAY.openai[1] * times,
  num_model_requests: 1,
  project_id: "proj_1",
  api_key_id: null,
  model: "gpt-5.4-mini",
  batch: false,
  service_tier: "default",
});

const openrouterRow = (day: number) => ({
  date: date(day),
  model: "mistralai/codestral-2508",
  model_permaslug: "mistralai/codestral-2508",
  endpoint_id: "e",
  provider_name: "Mistral",
  usage: 0.01,
  byok_usage_inference: 0,
  requests: 1,
  prompt_tokens: DAY.openrouter[0],
  completion_tokens: DAY.openrouter[1],
  reasoning_tokens: 0,
});

function litellmDays(query: URLSearchParams) {
  const [first, last] = ["start_date", "end_date"].map((name) => Date.parse(query.get(name)!));
  const metrics = { spend: 0.02, prompt_tokens: DAY.litellm[0], completion_tokens: DAY.litellm[1] };
  const results = days(first, (last - first) / DAY_MS + 1).map((day) => ({
    date: date(day),
    metrics,
    breakdown: { models: { "mistral-large": { metrics } }, api_keys: {} },
  }));
  return { results, metadata: { page: 1, total_pages: 1, has_more: false } };
}
