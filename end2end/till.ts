// A restaurant's till at Toast, as far as pages show it: it logs in, has orders, and limits its callers when told to.
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "./server.ts";

export const RESTAURANT = "1a2b3c4d-0000-4000-8000-000000000001";
const SECRET = "till-canary-s3cret";

export class Till {
  /** Questions for orders that changed: one for each sync. */
  changes = 0;
  logins = 0;
  /** Seconds to wait, for every question for orders, while it is set. */
  limited: number | undefined;
  /** Whether the keys are refused. */
  revoked = false;

  private constructor(private readonly http: HttpServer) {}

  static async start(): Promise<Till> {
    const till: Till = new Till(
      createServer((request, answer) => {
        const { status, body, headers } = till.answer(new URL(request.url ?? "/", "http://till"));
        request.resume();
        answer.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
      }),
    );
    await once(till.http.listen(0, "127.0.0.1"), "listening");
    return till;
  }

  get url() {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  async stop() {
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, "close");
  }

  /** Has a dashboard read this till. */
  async add(server: Server, id: string, name: string) {
    await server.writeData("../secret.txt", SECRET);
    const program = server.run(
      ...["clients", "add", "--id", id, "--name", name, "--restaurant-guid", RESTAURANT, "--client-id", "till"],
      ...["--client-secret-file", "secret.txt", "--api-url", this.url, "--no-test"],
    );
    const code = await program.ended;
    if (code !== 0) throw new Error(`the client was not added: ${program.output}`);
  }

  private answer(url: URL): { status: number; body: unknown; headers?: Record<string, string> } {
    if (url.pathname.endsWith("/login")) {
      this.logins += 1;
      if (this.revoked) return { status: 401, body: { status: 401, message: "Bad credentials" } };
      return { status: 200, body: { token: { tokenType: "Bearer", expiresIn: 86400, accessToken: "token" }, status: "SUCCESS" } };
    }
    if (url.pathname.includes("/restaurants/"))
      return { status: 200, body: { general: { name: "Bistro", timeZone: "UTC", currencyCode: "USD" } } };
    if (this.revoked) return { status: 401, body: { status: 401, message: "Unauthorized" } };
    if (this.limited !== undefined)
      return { status: 429, body: { status: 429, message: "Too many requests" }, headers: { "retry-after": String(this.limited) } };
    if (url.searchParams.has("startDate")) this.changes += 1;
    return { status: 200, body: [] };
  }
}
