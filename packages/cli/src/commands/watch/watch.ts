import { setTimeout as sleep } from 'node:timers/promises';
import { emptyTree, type VerifierKey } from '@artdag/transparency-log';
import { callApi } from '../../api.ts';
import { CliError } from '../../cli-error.ts';
import { publicServer } from '../../public-server.ts';
import { print, type Terminal } from '../../terminal.ts';
import { readLogKey } from '../verify/verify.ts';
import { createLogClient, type LogClient } from './log-client.ts';
import { look, type Look } from './look.ts';
import { readState, statePath, writeState, type WatchState } from './watch-state.ts';
import { edgeAt, readCheckpoint } from './watched-log.ts';

export interface WatchOptions {
  server?: string;
  logKey?: string[];
  fromStart?: boolean;
  once?: boolean;
  interval: string;
  grace: string;
  json?: boolean;
}

/**
 * Shows an actor's new claims as they come, and checks all that it sees against the log. Ends at the first thing that does not fit.
 *
 * @throws Alarm
 */
export async function watch(terminal: Terminal, who: string, options: WatchOptions): Promise<void> {
  const server = publicServer(terminal, options.server);
  const [intervalMs, graceMs] = [seconds(options.interval, '--interval'), seconds(options.grace, '--grace')];
  const log = createLogClient(server);
  const actor = await actorOf(server, who);
  const path = statePath(terminal.env, server, actor);
  const remembered = readState(path);
  let state = remembered ?? (await begin({ server, actor, log, options }));
  const keys = keysOf(state, options);
  if (remembered === undefined) tell(terminal, options, { watching: actor, from: state.watched.size, state: path });
  for (;;) {
    const seen = await look({ log, keys, now: () => new Date(), graceMs }, state);
    tellLook(terminal, options, seen);
    // After it was told: an end in between tells it twice, never not at all.
    state = { ...seen.state, logKeys: options.logKey ?? state.logKeys };
    writeState(path, state);
    if (options.once === true) return;
    await sleep(intervalMs);
  }
}

interface Beginning {
  server: string;
  actor: string;
  log: LogClient;
  options: WatchOptions;
}

/** Without a key that was given, the one that the server names the first time is kept, and no other is believed later. */
async function begin({ server, actor, log, options }: Beginning): Promise<WatchState> {
  const logKeys = options.logKey ?? (await namedKeys(server));
  const state = { server, actor, logKeys, awaited: {}, known: [] };
  if (options.fromStart === true) return { ...state, since: 0, watched: emptyTree };
  const checkpoint = await readCheckpoint(log, logKeys.map(readLogKey));
  return { ...state, since: Date.now(), watched: await edgeAt(log, checkpoint) };
}

async function namedKeys(server: string): Promise<string[]> {
  const { vkeys } = await callApi<{ vkeys: { vkey: string; status: string }[] }>(server, { path: '/log/vkeys' });
  const primary = vkeys.filter(({ status }) => status === 'primary').map(({ vkey }) => vkey);
  if (primary.length === 0) throw new CliError(`${server} has no log that is signed yet. Try again in some seconds.`);
  return primary;
}

function keysOf(state: WatchState, options: WatchOptions): VerifierKey[] {
  return (options.logKey ?? state.logKeys).map(readLogKey);
}

/** A name, `acct:name@host`, or the actor's URL. */
async function actorOf(server: string, who: string): Promise<string> {
  if (/^https?:\/\//.test(who)) return who;
  const name = /^(?:acct:|@)?([a-z0-9-]{1,64})(?:@.*)?$/i.exec(who)?.[1];
  if (name === undefined) throw new CliError(`"${who}" is no actor: give a name or the actor's URL.`);
  return (await callApi<{ id: string }>(server, { path: `/users/${name.toLowerCase()}` })).id;
}

function seconds(text: string, name: string): number {
  const value = Number(text);
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text) && value > 0) return value * 1000;
  throw new CliError(`${name} wants a number of seconds.`);
}

function tellLook(terminal: Terminal, options: WatchOptions, { claims, keys, state }: Look): void {
  for (const { index, activity, published } of keys) {
    tell(terminal, options, { log_index: index, type: 'Key', key: activity, published });
  }
  for (const { leaf, name, state: found } of claims) {
    const { index, type, activity, contentHash, published } = leaf;
    const what = { log_index: index, type, name, content_hash: contentHash, published, activity, state: found };
    tell(terminal, options, what);
  }
  if (options.once === true) {
    tell(terminal, options, {
      checked: claims.length,
      log_size: state.watched.size,
      awaited: Object.keys(state.awaited).length,
    });
  }
}

function tell(terminal: Terminal, { json }: WatchOptions, what: Record<string, unknown>): void {
  if (json === true) return print(terminal, JSON.stringify(what));
  const words = Object.entries(what).filter(([, value]) => value !== undefined);
  print(terminal, words.map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`).join('  '));
}
