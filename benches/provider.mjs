// A stand-in for Anthropic's Admin API with ninety days of fifty groups, for `make bench`: prints its address, then answers.
import { createServer } from "node:http";

const GROUPS = 50;
const DAY_MS = 86_400_000;
const MODELS = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"];

const iso = (ms) => new Date(ms).toISOString().replace(".000", "");

/** One page of days: `limit` of them from `page` or `starting_at` on, each made of `results(day)`. */
function page(query, results) {
  const end = Date.parse(query.get("ending_at"));
  const start = query.has("page") ? Number(query.get("page")) : Date.parse(query.get("starting_at"));
  const last = Math.min(end, start + Number(query.get("limit")) * DAY_MS);
  const data = [];
  for (let day = start; day < last; day += DAY_MS) {
    data.push({ starting_at: iso(day), ending_at: iso(day + DAY_MS), results: results(day) });
  }
  return { data, has_more: last < end, next_page: last < end ? String(last) : null };
}

const usage = () =>
  Array.from({ length: GROUPS }, (_, group) => ({
    uncached_input_tokens: 1000 + group,
    cache_creation: { ephemeral_1h_input_tokens: 50, ephemeral_5m_input_tokens: 300 },
    cache_read_input_tokens: 40_000 + group,
    output_tokens: 900,
    server_tool_use: { web_search_requests: 0 },
    account_id: null,
    api_key_id: `apikey_${group}`,
    workspace_id: `wrkspc_${group % 5}`,
    service_account_id: null,
    model: MODELS[group % MODELS.length],
    service_tier: "standard",
    context_window: "0-200k",
    inference_geo: "global",
  }));

const cost = () =>
  Array.from({ length: GROUPS }, (_, group) => ({
    currency: "USD",
    amount: `${100 + group}.123456`,
    workspace_id: `wrkspc_${group % 5}`,
    description: "Usage",
    cost_type: "tokens",
    context_window: "0-200k",
    model: MODELS[group % MODELS.length],
    service_tier: "standard",
    token_type: ["uncached_input_tokens", "output_tokens", "cache_read_input_tokens"][group % 3],
    inference_geo: "global",
  }));

const list = { data: [], has_more: false, first_id: null, last_id: null };
const answers = {
  "/v1/organizations/usage_report/messages": (query) => page(query, usage),
  "/v1/organizations/cost_report": (query) => page(query, cost),
  "/v1/organizations/usage_report/claude_code": () => ({ data: [], has_more: false, next_page: null }),
  "/v1/organizations/workspaces": () => list,
  "/v1/organizations/api_keys": () => list,
};

const server = createServer((request, response) => {
  const url = new URL(request.url, "http://localhost");
  const answer = answers[url.pathname]?.(url.searchParams);
  response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(answer ?? { error: { message: "not here" } }));
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));
