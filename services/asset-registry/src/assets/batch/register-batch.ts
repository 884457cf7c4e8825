import { AppError } from '@artdag/service-kit';
import type { Lane } from '../../batching/lane.ts';
import type { Registrant } from '../registration.ts';
import type { HeldOutput } from './held-output.ts';
import type { CountLines, LineRate } from './line-rate.ts';
import { maxLineBytes, maxLines } from './limits.ts';
import { LineSplitter, type Line } from './line-splitter.ts';
import { restRecord } from './records.ts';
import { registerLines, type RegisteredLines, type RegisterLinesDeps } from './register-lines.ts';

export interface RegisterBatchDeps extends RegisterLinesDeps {
  /** Lets so many chunks of all batches be worked on at once. */
  lane: Lane;
  rate: LineRate;
  /** Whether this process is about to end. */
  isStopping: () => boolean;
}

/** As many lines as share a statement. */
const chunkLines = 256;
/** While one chunk is stored the next one is signed. */
const maxChunks = 2;

/**
 * Registers line by line what comes, and says of each line what became of it, in their order. Reads no further than it works, and works no
 * further than its answer is taken. Where it has to end early, the last record stands for the rest.
 *
 * @throws AppError 400 `empty_batch`, and what `source` throws, when nothing is done half: each line was stored whole or not at all
 */
export async function registerBatch(
  deps: RegisterBatchDeps,
  registrant: Registrant,
  source: AsyncIterable<Buffer>,
  output: HeldOutput,
): Promise<void> {
  const batch = new Batch(deps, registrant, output);
  const splitter = new LineSplitter(maxLineBytes, maxLines);
  try {
    for await (const piece of source) if (!(await batch.take(splitter.push(piece)))) break;
    await batch.take(splitter.end());
    await batch.begun();
  } finally {
    await batch.settled();
  }
  await batch.finish();
  if (output.isEmpty) throw new AppError('empty_batch', 400, 'There is no line in this batch.');
}

class Batch {
  readonly #deps: RegisterBatchDeps;
  readonly #registrant: Registrant;
  readonly #output: HeldOutput;
  readonly #count: CountLines;
  readonly #chunks: Promise<RegisteredLines>[] = [];
  #waiting: Line[] = [];
  /** Why nothing more is looked at, and from which line. */
  #end: { line: number; error: AppError } | undefined;
  #fault: AppError | undefined;

  constructor(deps: RegisterBatchDeps, registrant: Registrant, output: HeldOutput) {
    this.#deps = deps;
    this.#registrant = registrant;
    this.#output = output;
    this.#count = deps.rate(registrant.actorId);
  }

  /** False: no more. */
  async take(lines: readonly Line[]): Promise<boolean> {
    if (this.#end) return false;
    this.#waiting.push(...lines);
    while (this.#waiting.length >= chunkLines || (this.#waiting.length > 0 && this.#chunks.length < maxChunks)) {
      if (!(await this.#begin(this.#waiting.splice(0, chunkLines)))) return false;
    }
    return true;
  }

  /** Begins what waits. */
  async begun(): Promise<void> {
    while (!this.#end && this.#waiting.length > 0) await this.#begin(this.#waiting.splice(0, chunkLines));
  }

  /** Ends what was begun, also when nobody hears of it any more. */
  async settled(): Promise<void> {
    while (this.#chunks.length > 0) await this.#settle();
  }

  async finish(): Promise<void> {
    if (this.#end) await this.#output.write(restRecord(this.#end.line, this.#end.error));
  }

  async #begin(lines: Line[]): Promise<boolean> {
    while (this.#chunks.length >= maxChunks) await this.#settle();
    const allowed = lines.filter(({ number }) => number <= maxLines);
    const error = await this.#refusal(allowed.length);
    const [next] = error ? lines : lines.slice(allowed.length);
    if (next) this.#end = { line: next.number, error: error ?? tooManyLines() };
    if (!error && allowed.length > 0) {
      this.#chunks.push(this.#deps.lane(() => registerLines(this.#deps, this.#registrant, allowed)));
    }
    return this.#end === undefined;
  }

  async #refusal(lines: number): Promise<AppError | undefined> {
    if (this.#fault) return this.#fault;
    if (this.#deps.isStopping()) {
      return new AppError('shutting_down', 503, 'This server is about to be stopped; send the rest again.');
    }
    return await this.#count(lines);
  }

  /** Waits for the oldest chunk. */
  async #settle(): Promise<void> {
    const done = await this.#chunks.shift();
    this.#fault ??= done?.fault;
    if (done) await this.#output.write(done.records.join(''));
  }
}

function tooManyLines(): AppError {
  return new AppError('too_many_lines', 413, `A batch has at most ${maxLines} lines; send the rest in another one.`);
}
