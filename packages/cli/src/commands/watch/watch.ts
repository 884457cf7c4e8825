import { setTimeout as sleep } from 'node:timers/promises';
import { LogDataError, parseVkey, type VerifierKey } from '@artdag/transparency-log';
import { ApiError, CliError } from '../../cli-error.ts';
import type { Terminal } from '../../terminal.ts';
import { beginningOf, fromNow, type Beginning } from './beginning.ts';
import { createLogServer, type LogServer } from './log-server.ts';
import { look, type Look } from './look.ts';
import { createReport, type Report } from './report.ts';
import { targetOf, type Target } from './target.ts';
import { readState, statePath, writeState, type WatchState } from './watch-state.ts';

export interface WatchOptions {
  server?: string;
  logKey?: string[];
  since?: string;
  fromStart?: boolean;
  once?: boolean;
  interval: string;
  grace: string;
  json?: boolean;
}

interface Watch {
  server: LogServer;
  report: Report;
  path: string;
  state: WatchState;
  /** Until it was found in the log. */
  beginning: Beginning | undefined;
  graceMs: number;
}

/** Something does not fit. */
const exitAlarm = 1;
/** The command is wrong. */
const exitWrong = 2;
/** The server could not be asked. */
const exitUnasked = 3;
/** While something is under way. */
const settleMs = 2_000;

/**
 * Shows an actor's claims as they come, and checks all that is shown against the log, and the log against what it was at the last look, a
 * moment or a year ago. What does not fit is said, and the watch goes on.
 *
 * @throws CliError with `once`: exit code 1 after an alarm, 3 when the server cannot be asked; 2 when the command is wrong
 */
export async function watch(terminal: Terminal, actor: string, options: WatchOptions): Promise<void> {
  const intervalMs = secondsOf(options.interval, '--interval');
  const begun = await begin(terminal, targetOf(terminal, actor, options.server), options).catch(unasked);
  if (options.once === true) return assertFits(await lookOnce(begun).catch(unasked), begun);
  for (;;) {
    try {
      await lookAndKeep(begun);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      begun.report.missed(error);
    }
    await sleep(intervalMs);
  }
}

async function lookOnce(watch: Watch): Promise<Look> {
  let seen = await lookAndKeep(watch);
  while (seen.waiting > 0 && seen.alarms.length === 0) {
    await sleep(Math.min(settleMs, watch.graceMs));
    seen = await lookAndKeep(watch);
  }
  watch.report.ends(seen);
  return seen;
}

function assertFits({ alarms }: Look, { path }: Watch): void {
  if (alarms.length === 0) return;
  throw new CliError(`keep ${path} and what was printed, and ask the operator.`, exitAlarm, 'alarm');
}

function unasked(error: unknown): never {
  if (!(error instanceof CliError) || error.exitCode !== 1) throw error;
  if (error instanceof ApiError) throw error.inWords(error.message, exitUnasked);
  throw new CliError(error.message, exitUnasked, error.code);
}

async function lookAndKeep(watch: Watch): Promise<Look> {
  const { server, graceMs, beginning } = watch;
  const keys = watch.state.logKeys.map(readVkey);
  const seen = await look({ server, keys, nowMs: Date.now(), graceMs, pause: sleep, beginning }, watch.state);
  watch.report.looked(seen);
  if (seen.state === watch.state) return seen;
  // After it was told: an end in between tells it twice, never not at all.
  writeState(watch.path, seen.state);
  watch.state = seen.state;
  watch.beginning = undefined;
  return seen;
}

async function begin(terminal: Terminal, target: Target, options: WatchOptions): Promise<Watch> {
  const path = statePath(terminal.env, target);
  const server = createLogServer(target.server);
  const since = options.fromStart === true ? 'start' : options.since;
  const beginning = since === undefined ? undefined : beginningOf(since, Date.now());
  const graceMs = secondsOf(options.grace, '--grace');
  const given = options.logKey ?? [];
  given.forEach(readVkey);
  const kept = readState(path);
  const state = kept === undefined ? await newState(target, { log: server, given, graceMs }) : withKeys(kept, given);
  checkHost(target, readVkey(state.logKeys[0] ?? ''));
  const report = createReport(terminal, options.json === true);
  if (kept === undefined) report.begins(state, path);
  return {
    ...{ server, report, path, state, graceMs },
    beginning: beginning ?? (kept === undefined ? fromNow : undefined),
  };
}

/** At the first visit the keys that the server names are trusted, unless others are given. */
async function newState(
  { server, username }: Target,
  { log, given, graceMs }: { log: LogServer; given: string[]; graceMs: number },
): Promise<WatchState> {
  if ((await log.actorDocument(username)) === undefined) {
    throw new CliError(`there is no actor ${username} at ${server}.`, exitWrong);
  }
  const logKeys = given.length > 0 ? given : await namedKeys(log, graceMs);
  if (logKeys.length === 0) throw new CliError(`${server} has no log that is signed yet. Try again in some seconds.`);
  return { v: 1, server, username, logKeys, checkpoint: null, edge: [], since: 0, claims: [], keys: {} };
}

/** A new server signs its log some seconds after its first entries. */
async function namedKeys(log: LogServer, graceMs: number): Promise<string[]> {
  const end = Date.now() + graceMs;
  for (;;) {
    const keys = await log.vkeys();
    if (keys.length > 0 || Date.now() >= end) return keys;
    await sleep(Math.min(settleMs, graceMs));
  }
}

function withKeys(state: WatchState, given: readonly string[]): WatchState {
  return { ...state, logKeys: [...new Set([...state.logKeys, ...given])] };
}

function readVkey(vkey: string): VerifierKey {
  try {
    return parseVkey(vkey);
  } catch (error) {
    if (!(error instanceof LogDataError)) throw error;
    throw new CliError(`"${vkey}" is no log key (${error.message}). A server lists its own at /log/vkeys.`, exitWrong);
  }
}

/** Whoever names an actor by its host means the log of that host. */
function checkHost({ host, server }: Target, { name }: VerifierKey): void {
  if (host === undefined || name === `${host}/log`) return;
  throw new CliError(`${server} shows the log ${name}, not that of ${host}.`, exitWrong);
}

function secondsOf(text: string, option: string): number {
  const seconds = Number(text);
  if (/^\d{1,7}(?:\.\d{1,3})?$/.test(text) && seconds > 0) return 1000 * seconds;
  throw new CliError(`${option} wants a number of seconds.`, exitWrong);
}
