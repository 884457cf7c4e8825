import { callerOf } from '../../caller.ts';
import { CliError } from '../../cli-error.ts';
import type { Terminal } from '../../terminal.ts';
import { BatchSender, outcomeOf, type Work } from './batch-sender.ts';
import { FileHasher } from './file-hasher.ts';
import { findFiles, type Found, type FoundFile } from './find-files.ts';
import { defaultJobs } from './hash-pool.ts';
import { interruptible } from './interruptible.ts';
import { defaultNameTemplate, namerOf } from './name-template.ts';
import type { UploadOptions } from './options.ts';
import { Progress } from './progress.ts';
import { Report } from './report.ts';
import { wordsOf } from './words-of.ts';

/**
 * Claims every file under what is given, by batches, while others are hashed. What an earlier run hashed and has not changed is not hashed
 * again, and what is registered already stays as it is: the same command goes on where it was interrupted.
 *
 * @returns the exit code: 1 when a file failed
 */
export async function uploadMany(terminal: Terminal, given: string[], options: UploadOptions): Promise<number> {
  const jobs = jobsOf(options.jobs);
  const template = options.nameTemplate ?? defaultNameTemplate;
  const namer = namerOf(template);
  // Better said before hours of hashing than after them.
  if (!options.dryRun) await callerOf(terminal);
  const which = { hidden: options.hidden === true, links: options.links === true };
  const found = await findFiles(given, which);
  assertSome(found, given);
  const bytes = found.files.reduce((sum, { size }) => sum + size, 0);
  const progress = new Progress(terminal, { files: found.files.length, bytes });
  const report = new Report(terminal, progress, options.json === true);
  for (const { path, reason } of found.failures) report.tell({ path, status: 'failed', reason });
  const owners = template.includes('{hash}') ? new Map<string, string>() : ownersOf(found.files, namer);
  const hasher = new FileHasher({ env: terminal.env, jobs, isFresh: options.rehash === true, progress });
  try {
    await interruptible(async (signal) => {
      const sender = new BatchSender(terminal, report, signal);
      const take = options.dryRun
        ? (work: Work): void => report.tell({ ...outcomeOf(work), status: 'would_register' })
        : (work: Work): void => sender.add(work);
      const hashed = hasher.run(found.files, {
        hashed: workMaker({ namer, owners, options, report, take }),
        failed: ({ path, size }, reason) => report.tell({ path, status: 'failed', size, reason }),
      });
      await sender.run(hashed);
    });
  } finally {
    await hasher.end();
    report.end(found, which);
  }
  return report.counts.failed > 0 ? 1 : 0;
}

type Namer = ReturnType<typeof namerOf>;

/** Which file has which name, where that is known before the hashes are: of two that would have the same the first, at every run. */
function ownersOf(files: readonly FoundFile[], namer: Namer): Map<string, string> {
  return new Map(files.toReversed().map(({ within, path }) => [namer({ within, hash: '' }), path]));
}

/** Names each file; of two files that would have one name only the first is claimed. */
function workMaker(o: {
  namer: Namer;
  owners: Map<string, string>;
  options: UploadOptions;
  report: Report;
  take: (work: Work) => void;
}): (file: FoundFile, hash: string) => void {
  return (file, hash) => {
    const name = o.namer({ within: file.within, hash });
    const work = { file, body: { name, content_hash: hash, ...wordsOf(file.path, o.options) } };
    const owner = o.owners.get(name) ?? file.path;
    o.owners.set(name, owner);
    if (owner === file.path) return o.take(work);
    const reason = `it would be named ${name}, as ${owner} is. Name them apart with --name-template.`;
    o.report.tell({ ...outcomeOf(work), status: 'failed', reason });
  };
}

function assertSome({ files, failures, left }: Found, given: string[]): void {
  if (files.length > 0 || failures.length > 0) return;
  const isAnyLeft = left.hidden + left.links + left.special > 0;
  const why = isAnyLeft ? ': hidden files are taken with --hidden, symbolic links with --links' : '';
  throw new CliError(`there is no file to claim in ${given.join(', ')}${why}.`);
}

function jobsOf(text: string | undefined): number {
  if (text === undefined) return defaultJobs();
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new CliError('--jobs wants how many files are hashed at once, 1 to 99.');
}
