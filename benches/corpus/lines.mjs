// One session's lines as Claude Code writes them: blocks that stream, tool answers, copies, and the odd ends real logs
// have. Every assistant line goes to the answers in the same breath. Timestamps stay between 08 and 22 UTC: no message
// straddles midnight, so days are beyond dispute.

const HOUR_MS = 3_600_000;
// What a line costs besides its filler, about; the rest of a message's share of the bytes is its tool answer.
const ENVELOPE_BYTES = 420;
const COPIED_MESSAGES = 40;

export class Lines {
  #chance;
  #pages;
  #answers;

  constructor(chance, pages, answers) {
    this.#chance = chance;
    this.#pages = pages;
    this.#answers = answers;
  }

  /** Writes a main session; `cutShort` leaves its last line without an end. */
  session(session, bytesPerMessage, cutShort) {
    const { next, int } = this.#dice();
    const at = session.dayMs + (8 + next() * 5) * HOUR_MS;
    const clock = { at, gap: Math.min(45_000, (8.5 * HOUR_MS) / session.messages) };
    const talk = { session, clock, parent: null, sidechain: false, kept: [], prompt: 9_000 + int(16_000) };
    const leaf = this.#chance.uuid();
    this.#pages.put(`{"type":"summary","summary":"Made-up session of ${session.project}","leafUuid":"${leaf}"}\n`);
    if (session.resumes?.kept) this.#copies(talk, session.resumes.kept);
    for (let i = 0; i < session.messages; i += 1) this.#message(talk, session.model, bytesPerMessage);
    if (next() < 0.04) this.#synthetic(talk);
    // What a reader meets while Claude Code is writing, or after a full disk.
    if (cutShort) this.#pages.put('{"isSidechain":false,"message":{"id":"msg_cut","usage":{"input_tokens":12');
    session.kept = session.resumedLater ? talk.kept : null;
    session.sample = session.agent ? talk.kept.slice(0, 3) : [];
  }

  /** Writes a subagent's own log: its own messages, and replays of its parent's under other request ids. */
  subagent(session, bytesPerMessage) {
    const { next, int } = this.#dice();
    const clock = { at: session.dayMs + (15 + next() * 2) * HOUR_MS, gap: 20_000 };
    const talk = { session, clock, parent: null, sidechain: true, kept: [], prompt: 6_000 + int(8_000) };
    for (const blocks of session.sample) {
      const last = blocks[blocks.length - 1];
      const usage = next() < 0.5 ? last.usage : { ...last.usage, output: last.usage.output + 7 };
      this.#assistant(talk, { ...last, requestId: `req_side${this.#chance.hex(12)}`, usage, at: this.#tick(clock) });
    }
    for (let i = 0; i < session.agent.messages; i += 1) this.#message(talk, session.agent.model, bytesPerMessage);
  }

  /** The copy a resumed session begins with, its streaming lines sometimes not all there. */
  #copies(talk, kept) {
    for (const blocks of kept.slice(0, COPIED_MESSAGES)) {
      const upTo = this.#chance.next() < 0.2 ? 1 : blocks.length;
      for (const block of blocks.slice(0, upTo)) this.#assistant(talk, block);
    }
  }

  #message(talk, model, bytesPerMessage) {
    const start = this.#pages.length;
    const odds = this.#chance.next();
    const id = odds < 0.0005 ? null : `msg_01${this.#chance.hex(22)}`;
    const requestId = odds < 0.01 ? null : `req_011C${this.#chance.hex(20)}`;
    // One to four blocks, 2.2 on average; what cannot be recognised again is written once.
    const blocks = id ? [1, 1, 2, 2, 2, 2, 2, 3, 3, 4][this.#chance.int(10)] : 1;
    const usage = this.#usage(talk);
    const lines = Array.from({ length: blocks }, (_, index) => {
      const soFar = Math.max(1, Math.floor((usage.output * (index + 1)) / (blocks + 2)));
      const output = index + 1 === blocks ? usage.output : soFar;
      return { model, id, requestId, usage: { ...usage, output }, at: this.#tick(talk.clock), block: index + 1 };
    });
    for (const line of lines) this.#assistant(talk, line);
    if (id && talk.kept.length < COPIED_MESSAGES) talk.kept.push(lines);
    this.#toolAnswer(talk, bytesPerMessage - (this.#pages.length - start) - ENVELOPE_BYTES);
  }

  /** A conversation's usage: the prompt of one request is the next one's cache read; at the limit it is compacted. */
  #usage(talk) {
    const { next, int } = this.#dice();
    const grown = 200 + int(3_000) + (next() < 0.05 ? int(30_000) : 0);
    const oneHour = talk.session.id.charCodeAt(0) % 3 === 0;
    const mixed = oneHour && next() < 0.1 ? Math.floor(grown / 3) : 0;
    const usage = {
      input: next() < 0.9 ? 1 + int(12) : 400 + int(6_000),
      write5m: oneHour ? mixed : grown,
      write1h: oneHour ? grown - mixed : 0,
      read: talk.prompt,
      output: 30 + Math.floor(next() ** 3 * 6_000),
      searches: next() < 0.002 ? 1 : 0,
      // Old versions do not split their cache writes; all of them are five-minute ones.
      split: oneHour || next() < 0.97,
    };
    talk.prompt = talk.prompt + grown > 185_000 ? 22_000 + int(9_000) : talk.prompt + grown;
    return usage;
  }

  #assistant(talk, line) {
    const { usage } = line;
    const split = `{"ephemeral_5m_input_tokens":${usage.write5m},"ephemeral_1h_input_tokens":${usage.write1h}}`;
    this.#envelope(talk);
    this.#pages.put(
      `{"model":"${line.model}",${line.id ? `"id":"${line.id}",` : ""}"type":"message","role":"assistant","content":[`,
    );
    this.#block(line.block);
    this.#pages.put(
      `],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":${usage.input},` +
        `"cache_creation_input_tokens":${usage.write5m + usage.write1h},"cache_read_input_tokens":${usage.read},` +
        (usage.split ? `"cache_creation":${split},` : "") +
        (usage.searches ? `"server_tool_use":{"web_search_requests":${usage.searches},"web_fetch_requests":0},` : "") +
        `"output_tokens":${usage.output},"service_tier":"standard"}},` +
        (line.requestId ? `"requestId":"${line.requestId}",` : ""),
    );
    this.#tail(talk, "assistant", line.at);
    this.#answers.sighted(talk.session, talk.sidechain, line);
  }

  #block(block) {
    const size = 60 + Math.floor(this.#chance.next() ** 2 * 900);
    const edit = () =>
      `{"type":"tool_use","id":"toolu_01${this.#chance.hex(22)}","name":"Edit",` +
      `"input":{"file_path":"src/part_${this.#chance.int(900)}.rs","new_string":"`;
    this.#pages.put(
      block === 1 ? '{"type":"thinking","thinking":"' : block === 2 ? '{"type":"text","text":"' : edit(),
    );
    this.#pages.fill(size);
    this.#pages.put(block === 1 ? `","signature":"${this.#chance.hex(120)}"}` : block === 2 ? '"}' : '"}}');
  }

  /** What the tool answered: the bulk of every log, and nothing to count. */
  #toolAnswer(talk, spare) {
    // Most answers are small and a few are whole files: the same average, with a long tail.
    const scale = this.#chance.next() < 0.06 ? 8 : 0.55;
    const tool = `toolu_01${this.#chance.hex(22)}`;
    this.#envelope(talk);
    this.#pages.put(`{"role":"user","content":[{"tool_use_id":"${tool}","type":"tool_result","content":"`);
    if (spare > 0) this.#pages.fill(spare * scale);
    this.#pages.put('"}]},');
    // A finished subagent reports its own usage here, in the very bytes a quick filter looks for. Its requests are in
    // its own log: counting this too would count them twice.
    if (this.#chance.next() < 0.004) {
      this.#pages.put('"toolUseResult":{"status":"completed","usage":{"input_tokens":999999,"output_tokens":999999}},');
    }
    this.#tail(talk, "user", this.#tick(talk.clock));
  }

  #synthetic(talk) {
    this.#envelope(talk);
    this.#pages.put(
      `{"id":"${this.#chance.uuid()}","model":"<synthetic>","type":"message","role":"assistant",` +
        '"content":[{"type":"text","text":"API Error: made up"}],"usage":{"input_tokens":0,"output_tokens":0,' +
        '"cache_creation_input_tokens":0,"cache_read_input_tokens":0}},"isApiErrorMessage":true,',
    );
    this.#tail(talk, "assistant", this.#tick(talk.clock));
  }

  #envelope({ session, parent, sidechain }) {
    this.#pages.put(
      `{"parentUuid":${parent ? `"${parent}"` : "null"},"isSidechain":${sidechain},"userType":"external",` +
        `"cwd":"/home/dev/${session.project}","sessionId":"${session.id}","version":"2.1.77",` +
        '"gitBranch":"main","message":',
    );
  }

  #tail(talk, type, at) {
    talk.parent = this.#chance.uuid();
    this.#pages.put(`"type":"${type}","uuid":"${talk.parent}","timestamp":"${new Date(at).toISOString()}"}\n`);
  }

  #tick(clock) {
    clock.at += Math.floor(clock.gap * (0.05 + this.#chance.next() * 0.25));
    return clock.at;
  }

  #dice() {
    return { next: () => this.#chance.next(), int: (below) => this.#chance.int(below) };
  }
}
