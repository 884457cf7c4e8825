import { setTimeout as sleep } from 'node:timers/promises';
import { callerOf } from '../../caller.ts';
import { CliError } from '../../cli-error.ts';
import { describe } from '../../refusal-words.ts';
import type { Terminal } from '../../terminal.ts';
import type { FoundFile } from './find-files.ts';
import type { Outcome, Report } from './report.ts';
import { sendBatch, type LineAnswer } from './send-batch.ts';

/** A hashed file, and what is claimed of it. */
export interface Work {
  file: FoundFile;
  body: { name: string; content_hash: string };
}

const maxLines = 1_000;
/** A signed request has at most 10 MiB. */
const maxBytes = 4 * 1024 * 1024;
/** So that files that are hashed at the same time share a request. */
const lingerMs = 250;
/** How often nothing may come of it. */
const maxTries = 8;

/** Sends works in batches while others are hashed. */
export class BatchSender {
  readonly #terminal: Terminal;
  readonly #report: Report;
  readonly #signal: AbortSignal;
  readonly #waiting: Work[] = [];
  #isHashing = true;

  constructor(terminal: Terminal, report: Report, signal: AbortSignal) {
    this.#terminal = terminal;
    this.#report = report;
    this.#signal = signal;
  }

  add(work: Work): void {
    this.#waiting.push(work);
  }

  /**
   * Sends until `hashed` is settled and nothing waits.
   *
   * @throws CliError when the server refuses everything, or cannot be reached
   */
  async run(hashed: Promise<unknown>): Promise<void> {
    const ended = hashed.finally(() => {
      this.#isHashing = false;
    });
    while (this.#isHashing || this.#waiting.length > 0) {
      if (this.#isHashing && this.#waiting.length < maxLines) {
        await Promise.race([ended, sleep(lingerMs, undefined, { signal: this.#signal })]);
      }
      if (this.#waiting.length > 0) await this.#send(this.#take());
    }
  }

  #take(): Work[] {
    let bytes = 0;
    let lines = 0;
    for (const { body } of this.#waiting.slice(0, maxLines)) {
      bytes += Buffer.byteLength(JSON.stringify(body));
      if (lines > 0 && bytes > maxBytes) break;
      lines += 1;
    }
    return this.#waiting.splice(0, lines);
  }

  async #send(works: Work[]): Promise<void> {
    let left = works;
    for (let tries = 0; left.length > 0;) {
      const caller = await callerOf(this.#terminal);
      const bodies = left.map(({ body }) => body);
      const { answers, later } = await sendBatch(caller, bodies, this.#signal);
      for (const [at, answer] of answers.entries()) this.#tell(left[at], answer);
      left = left.slice(answers.length);
      if (later === undefined) return;
      tries = answers.length > 0 ? 0 : tries + 1;
      if (tries >= maxTries) throw new CliError(`${later.reason} Run the same again later, to go on.`);
      await sleep(later.afterMs, undefined, { signal: this.#signal });
    }
  }

  #tell(work: Work | undefined, answer: LineAnswer): void {
    if (work !== undefined) this.#report.tell({ ...outcomeOf(work), ...verdictOf(answer) });
  }
}

/** What is known of a file before it is sent. */
export function outcomeOf({ file, body }: Work): Omit<Outcome, 'status'> {
  return { path: file.path, name: body.name, content_hash: body.content_hash, size: file.size };
}

function verdictOf({ status, asset, code, detail }: LineAnswer): Pick<Outcome, 'status'> & Partial<Outcome> {
  if (asset !== undefined && (status === 200 || status === 201)) {
    return { status: status === 201 ? 'registered' : 'unchanged', activity_url: asset.activity_url };
  }
  const reason = describe(status, { detail, ...(code === undefined ? {} : { code }) });
  return { status: 'failed', reason, ...(code === undefined ? {} : { code }) };
}
