// The totals a correct reader finds, counted from the lines as they are written. It shares no code with Allclear, and
// must not: ccusage 20.0.24 agrees with it to the token when every message has a request id (seen on 2026-11-21; it
// counts the streaming lines of a message without one more than once, 1 % of this corpus).
//
// The rules (wire formats, 4.1):
//   - one line per content block repeats the request's usage with growing output: the largest total counts, once;
//   - a resumed session copies earlier lines into its own file: the same message, counted once;
//   - a sidechain copy of a main message has another request id: the main one counts, even when it is smaller;
//   - a message id without a request id is still the same message every time it is seen;
//   - a line without a message id cannot be recognised again: it counts by itself;
//   - `<synthetic>` lines, usage inside tool results and a last line cut short count for nothing.

const none = () => ({ messages: 0, input: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, output: 0 });

export class Answers {
  #seen = new Map(); // message id → request id → the best sighting
  #anonymous = [];
  #sessions = new Set();
  #assistantLines = 0;

  /** Notes one assistant line with usage. */
  sighted(session, sidechain, line) {
    const { input, write5m, write1h, read, output } = line.usage;
    const total = input + write5m + write1h + read + output;
    const day = new Date(line.at).toISOString().slice(0, 10);
    const sighting = { usage: line.usage, total, day, model: line.model, project: session.project, sidechain };
    this.#assistantLines += 1;
    this.#sessions.add(session.id);
    if (!line.id) {
      this.#anonymous.push(sighting);
      return;
    }
    const requests = this.#seen.get(line.id) ?? new Map();
    this.#seen.set(line.id, requests);
    const best = requests.get(line.requestId);
    if (!best || total > best.total) requests.set(line.requestId, sighting);
  }

  tally() {
    const totals = none();
    const [byModel, byProject, byDay] = [{}, {}, {}];
    for (const { usage, model, project, day } of this.#counted()) {
      const sums = [totals, (byModel[model] ??= none()), (byProject[project] ??= none()), (byDay[day] ??= none())];
      for (const sum of sums) {
        sum.messages += 1;
        sum.input += usage.input;
        sum.cacheWrite5m += usage.write5m;
        sum.cacheWrite1h += usage.write1h;
        sum.cacheRead += usage.read;
        sum.output += usage.output;
      }
    }
    return {
      totals: { ...totals, sessions: this.#sessions.size, assistantLines: this.#assistantLines },
      byModel: sorted(byModel),
      byProject: sorted(byProject),
      byDay: sorted(byDay),
    };
  }

  #counted() {
    const counted = [...this.#anonymous];
    for (const requests of this.#seen.values()) {
      const sightings = [...requests.values()];
      const main = sightings.filter((sighting) => !sighting.sidechain);
      counted.push(...(main.length > 0 ? main : sightings));
    }
    return counted;
  }
}

function sorted(table) {
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
}
