// A stand-in for Toast on one port of this machine: two restaurants whose tills go on ringing, with Toast's own limits.
//
//   node end2end/toast.mjs [--port 4100] [--days 30] [--a-day 60] [--per-second 5] [--live]
//
// With --live somebody orders every twenty seconds. Faults are switched on over HTTP, for tests and for people:
//   POST /__fake/fault {"status": 429, "retryAfter": "12", "times": 3}      POST /__fake/clear
//   POST /__fake/ring  {"restaurant": "…1", "cents": 1250}                  GET  /__fake/state
import { once } from "node:events";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
export const API_CLIENT = "demo-client";
export const SECRET = "demo-secret";
export const RESTAURANTS = ["1a2b3c4d-0000-4000-8000-000000000001", "1a2b3c4d-0000-4000-8000-000000000002"];
const NAMES = ["Harbor Bistro", "Corner Coffee"];
const ZONE = "America/New_York";
const DISHES = [["Burger", 1450], ["Ramen", 1600], ["Salad", 1100], ["Tacos", 1250], ["Lemonade", 450], ["Pie", 700]];

const moment = (ms) => new Date(ms).toISOString().replace("Z", "+0000");
/** The restaurant's business day: it ends at four in the morning. */
const businessDay = (ms) =>
  Number(new Date(ms - 4 * HOUR_MS).toLocaleDateString("en-CA", { timeZone: ZONE }).replaceAll("-", ""));
const money = (cents) => cents / 100;

/** An order of `number`, which says everything about it but the time. */
function order(restaurant, number, at, cents) {
  const [dish, price] = DISHES[number % DISHES.length];
  const gross = cents ?? price + (number % 7) * 100;
  const discount = number % 11 === 0 ? 200 : 0;
  const charge = number % 13 === 0 ? 150 : 0;
  const net = gross - discount + charge;
  const tax = Math.round(net * 0.08);
  const place = RESTAURANTS.indexOf(restaurant) + 1;
  const guid = `0${place}7fdd94-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const kind = ["CREDIT", "CREDIT", "CREDIT", "CASH", "GIFTCARD"][number % 5];
  return {
    guid, entityType: "Order", businessDate: businessDay(at), displayNumber: String((number % 900) + 1),
    source: ["In Store", "In Store", "Online", "Kiosk", number % 40 === 4 ? "Invoice" : "In Store"][number % 5],
    createdDate: moment(at), openedDate: moment(at), modifiedDate: moment(at), closedDate: moment(at),
    paidDate: moment(at), deletedDate: "1970-01-01T00:00:00.000+0000", voided: number % 50 === 7, deleted: number % 97 === 5,
    createdInTestMode: number % 211 === 3, numberOfGuests: (number % 4) + 1, approvalStatus: "APPROVED",
    checks: [{
      guid: `c${guid}`, entityType: "Check", paymentStatus: "CLOSED", voided: false, deleted: false,
      amount: money(net), taxAmount: money(tax), totalAmount: money(net + tax),
      selections: [{
        guid: `s${guid}`, displayName: dish, quantity: 1, preDiscountPrice: money(gross), price: money(gross - discount),
        tax: money(tax), voided: false, deferred: false,
        appliedDiscounts: discount
          ? [{ name: "Regulars", discountAmount: 2, nonTaxDiscountAmount: 2, processingState: "APPLIED" }]
          : [],
        modifiers: number % 3 === 0
          ? [{ displayName: "Cheese", quantity: 1, price: 1, modifiers: [{ displayName: "Melted", quantity: 1, price: 0 }] }]
          : [],
      }],
      appliedDiscounts: [],
      appliedServiceCharges: charge
        ? [{ name: "Large party", chargeAmount: money(charge), gratuity: false, serviceChargeCategory: "SERVICE_CHARGE" }]
        : [],
      payments: [{
        type: kind, cardType: kind === "CREDIT" ? "VISA" : null, last4Digits: kind === "CREDIT" ? "4242" : null, amount: money(net + tax),
        tipAmount: money(Math.round(net * 0.15)), paymentStatus: "CAPTURED", refundStatus: "NONE", voidInfo: null,
        refund: number % 61 === 2 ? { refundAmount: 3, tipRefundAmount: 0, refundBusinessDate: businessDay(at) } : null,
        paidDate: moment(at),
      }],
      customer: { firstName: "Ada", lastName: `Guest ${number % 30}`, email: `guest${number % 30}@example.com`, phone: `555-010-${1000 + (number % 30)}` },
    }],
  };
}

export class Toast {
  /** Orders by restaurant, oldest change first. */
  orders = new Map(RESTAURANTS.map((guid) => [guid, []]));
  tokens = new Set();
  logins = [];
  asked = [];
  fault = undefined;
  #served = new Map();

  constructor(options = {}) {
    this.options = { days: 30, aDay: 60, perSecond: 5, live: false, ...options };
    const now = Date.now();
    for (const restaurant of RESTAURANTS) {
      const all = this.orders.get(restaurant);
      for (let back = this.options.days - 1; back >= 0; back -= 1) {
        for (let at = 0; at < this.options.aDay; at += 1) {
          const time = now - back * DAY_MS - Math.round(((this.options.aDay - at) / this.options.aDay) * 9 * HOUR_MS) - 180_000;
          all.push(order(restaurant, all.length + 1, time));
        }
      }
    }
  }

  static async start(options = {}) {
    const toast = new Toast(options);
    toast.http = createServer((request, response) => toast.#receive(request, response));
    toast.http.listen(options.port ?? 0, "127.0.0.1");
    await once(toast.http, "listening");
    if (toast.options.live) toast.ringing = setInterval(() => RESTAURANTS.forEach((one) => toast.ring(one)), 20_000);
    return toast;
  }

  get url() {
    return `http://127.0.0.1:${this.http.address().port}`;
  }

  /** The settings that lead a dashboard here. */
  get env() {
    return { ALLCLEAR_TOAST_BASE_URL: this.url };
  }

  /** Somebody orders, three minutes ago: what is younger is not settled yet. */
  ring(restaurant = RESTAURANTS[0], cents = undefined) {
    const all = this.orders.get(restaurant);
    const made = order(restaurant, all.length + 1, Date.now() - 180_000, cents);
    all.push(made);
    return made;
  }

  /** An order is changed now, or when it is said. */
  edit(restaurant, guid, change, at = Date.now() - 180_000) {
    const found = this.orders.get(restaurant).find((one) => one.guid === guid);
    change(found);
    found.modifiedDate = moment(at);
  }

  async stop() {
    clearInterval(this.ringing);
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, "close");
  }

  async #receive(request, response) {
    let body = "";
    for await (const piece of request) body += piece;
    const url = new URL(request.url, this.url);
    if (url.pathname.startsWith("/__fake/")) return this.#control(url.pathname.slice(8), body, response);
    this.asked.push(url.pathname + url.search);
    if (this.fault) {
      const { status, retryAfter } = this.fault;
      this.fault.times -= 1;
      if (this.fault.times <= 0) this.fault = undefined;
      const wish = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
      return send(response, status, { status, code: 1, message: "the stand-in was told to" }, wish);
    }
    if (url.pathname === "/authentication/v1/authentication/login") return this.#login(body, response);
    const restaurant = (request.headers["toast-restaurant-external-id"] ?? "").toLowerCase();
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    if (!this.tokens.has(token)) return refuse(response, 401, "the token is unknown");
    if (!restaurant) return refuse(response, 400, "the restaurant is missing");
    const settings = url.pathname.match(/^\/restaurants\/v1\/restaurants\/(.+)$/);
    if (settings) return this.#restaurant(settings[1].toLowerCase(), response);
    if (!this.orders.has(restaurant)) return refuse(response, 403, "no access to this restaurant");
    if (url.pathname !== "/orders/v2/ordersBulk") return refuse(response, 404, "there is no such path");
    const served = (this.#served.get(restaurant) ?? []).filter((at) => Date.now() - at < 1000);
    this.#served.set(restaurant, served);
    if (served.length >= this.options.perSecond) {
      return send(response, 429, { status: 429, message: "too many requests" }, { "retry-after": "1" });
    }
    served.push(Date.now());
    this.#page(restaurant, url, response);
  }

  #login(body, response) {
    this.logins = this.logins.filter((at) => Date.now() - at < HOUR_MS);
    this.logins.push(Date.now());
    if (this.logins.length > 2) return refuse(response, 429, "too many logins");
    const said = JSON.parse(body || "{}");
    if (said.userAccessType !== "TOAST_MACHINE_CLIENT") return refuse(response, 400, "userAccessType");
    if (said.clientId !== API_CLIENT || said.clientSecret !== SECRET) return refuse(response, 401, "the credentials are wrong");
    const accessToken = `demo-token-${this.tokens.size + 1}`;
    this.tokens.add(accessToken);
    send(response, 200, { token: { tokenType: "Bearer", expiresIn: 86_400, accessToken }, status: "SUCCESS" });
  }

  #restaurant(guid, response) {
    const place = RESTAURANTS.indexOf(guid);
    if (place < 0) return refuse(response, 404, "there is no such restaurant");
    send(response, 200, { guid, general: { name: NAMES[place], timeZone: ZONE, closeoutHour: 4, currencyCode: "USD" } });
  }

  #page(restaurant, url, response) {
    const query = url.searchParams;
    const [day, start, end] = ["businessDate", "startDate", "endDate"].map((name) => query.get(name));
    const size = Number(query.get("pageSize") ?? 100);
    const page = Number(query.get("page") ?? 1);
    if (!(size >= 1 && size <= 100 && page >= 1)) return refuse(response, 400, "page or pageSize");
    if (Boolean(day) === Boolean(start && end)) {
      return refuse(response, 400, "EITHER (startDate and endDate) OR businessDate is required");
    }
    const ms = (text) => Date.parse(text.replace("+0000", "Z"));
    const within = day
      ? (one) => String(one.businessDate) === day
      : (one) => ms(start) <= ms(one.modifiedDate) && ms(one.modifiedDate) < ms(end);
    const found = this.orders.get(restaurant).filter(within);
    const links = [`<${url.origin}${url.pathname}?page=1&pageSize=${size}>; rel="first"`];
    if (page * size < found.length) links.unshift(`<${url.origin}${url.pathname}?page=${page + 1}&pageSize=${size}>; rel="next"`);
    send(response, 200, found.slice((page - 1) * size, page * size), {
      link: links,
      "x-toast-ratelimit-by": "GLOBAL",
      "x-toast-ratelimit-remaining": "9000",
      "x-toast-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + 600),
    });
  }

  #control(what, body, response) {
    const said = JSON.parse(body || "{}");
    if (what === "fault") this.fault = { times: 1, ...said };
    else if (what === "clear") this.fault = undefined;
    else if (what === "ring") this.ring(said.restaurant, said.cents);
    else if (what !== "state") return refuse(response, 404, "fault, clear, ring or state");
    send(response, 200, { asked: this.asked.length, logins: this.logins.length, orders: [...this.orders].map(([, all]) => all.length) });
  }
}

function send(response, status, body, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

function refuse(response, status, message) {
  send(response, status, { status, code: 10025, message, requestId: "r1" });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const said = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(process.argv[at + 1]);
  };
  const options = { port: said("port", 4100), days: said("days", 30), aDay: said("a-day", 60), perSecond: said("per-second", 5) };
  const toast = await Toast.start({ ...options, live: process.argv.includes("--live") });
  console.log(`A stand-in for Toast answers at ${toast.url}: client ${API_CLIENT}, secret ${SECRET}, restaurants ${RESTAURANTS.join(", ")}`);
}
