import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import type { FindOptions, Found } from './find-files.ts';
import type { Progress } from './progress.ts';

/** What became of a file; a line each, and with `--json` these very members. */
export interface Outcome {
  path: string;
  status: 'registered' | 'unchanged' | 'failed' | 'would_register';
  name?: string;
  content_hash?: string;
  /** Bytes. */
  size?: number;
  activity_url?: string;
  /** Of a failure: the server's, where it refused. */
  code?: string;
  reason?: string;
}

const titles = {
  registered: 'registered',
  unchanged: 'unchanged ',
  failed: 'failed    ',
  would_register: 'would be  ',
};

/** Says what became of each file, and in the end of all. */
export class Report {
  readonly counts = { registered: 0, unchanged: 0, failed: 0, would_register: 0 };
  readonly #terminal: Terminal;
  readonly #progress: Progress;
  readonly #isJson: boolean;

  constructor(terminal: Terminal, progress: Progress, isJson: boolean) {
    this.#terminal = terminal;
    this.#progress = progress;
    this.#isJson = isJson;
  }

  tell(outcome: Outcome): void {
    const { path, status, name, reason } = outcome;
    this.counts[status] += 1;
    this.#progress.clear();
    if (this.#isJson) return printJson(this.#terminal, outcome);
    const words = reason === undefined ? `${name}  ${path}` : `${path}: ${reason}`;
    print(this.#terminal, `${titles[status]}  ${visible(words)}`);
  }

  /** @param total files that were found */
  end({ files, failures, left }: Found, options: FindOptions): void {
    this.#progress.clear();
    const { would_register, ...done } = this.counts;
    const total = files.length + failures.length;
    const open = total - would_register - done.registered - done.unchanged - done.failed;
    if (this.#isJson) {
      return printJson(this.#terminal, { summary: { total, ...this.counts, not_sent: open, left_out: left } });
    }
    const counts = [
      ...(would_register > 0 ? [`${would_register} would be registered`] : [`${done.registered} registered`]),
      ...(would_register > 0 ? [] : [`${done.unchanged} unchanged`]),
      `${done.failed} failed`,
      ...(open > 0 ? [`${open} not sent`] : []),
    ];
    print(this.#terminal, `${counts.join(', ')}.${leftWords(left, options)}`);
  }
}

function leftWords({ hidden, links, special }: Found['left'], options: FindOptions): string {
  const words = [
    ...(hidden > 0 && !options.hidden ? [`${hidden} hidden (--hidden takes them)`] : []),
    ...(links > 0 && !options.links ? [`${links} symbolic links (--links takes them)`] : []),
    ...(special > 0 ? [`${special} that are no files`] : []),
  ];
  return words.length === 0 ? '' : ` Left out: ${words.join(', ')}.`;
}
