import type { CliError } from '../../cli-error.ts';
import { failureText } from '../../failure.ts';
import { formatTable } from '../../format.ts';
import { print, printJson, visible, type Terminal } from '../../terminal.ts';
import type { Alarm } from './alarm.ts';
import type { ClaimEvent } from './judge-claim.ts';
import type { KeyEvent, Look } from './look.ts';
import { followedOf, type WatchState } from './watch-state.ts';

/** Says what was seen on standard output, as lines for people or of JSON, and what does not fit on standard error as well. */
export interface Report {
  begins(state: WatchState, path: string): void;
  looked(look: Look): void;
  /** The server could not be asked, and is asked again later. */
  missed(error: CliError): void;
  /** All that was asked for is done. */
  ends(look: Look): void;
}

export function createReport(terminal: Terminal, asJson: boolean): Report {
  const say = (value: object, ...words: string[]): void => {
    if (asJson) printJson(terminal, value);
    else for (const line of words) print(terminal, visible(line));
  };
  const warn = (line: string): void => void terminal.stderr.write(`${visible(line)}\n`);
  let alarmed: ReadonlySet<string> = new Set();
  let missed = '';
  return {
    begins({ server, username, logKeys }, path) {
      const words = [
        `Watching ${username} at ${server}; what is seen is kept in ${path}.`,
        'These log keys are trusted from now on. Compare them with what the operator publishes elsewhere:',
      ];
      say({ watching: username, server, log_keys: logKeys, state: path }, ...words, ...logKeys);
    },
    looked({ events, alarms }) {
      missed = '';
      for (const event of events) {
        if ('change' in event) say(event, keyLine(event));
        else say(event, claimLine(event));
      }
      // What goes on is said once, and again when it comes back.
      for (const alarm of alarms.filter((each) => !alarmed.has(nameOf(each)))) {
        say({ alarm: alarm.code, ...alarm }, ...evidenceLines(alarm));
        warn(`artdag: ALARM ${alarm.code}: ${alarm.text}${alarm.activity === undefined ? '' : ` ${alarm.activity}`}`);
      }
      alarmed = new Set(alarms.map(nameOf));
    },
    missed(error) {
      if (error.message !== missed) warn(`${failureText(error, asJson)}${asJson ? '' : ' Trying again.'}`);
      missed = error.message;
    },
    ends({ state, alarms, waiting }) {
      const head = followedOf(state)?.head;
      const root = head === undefined ? null : Buffer.from(head.root).toString('hex');
      const { length } = alarms;
      const fits = `All fits the log of ${head?.size ?? 0} entries, root ${root}.`;
      say(
        { alarms: length, awaited: waiting, log_size: head?.size ?? 0, root_hash: root },
        ...(length > 0 ? [] : [fits]),
      );
    },
  };
}

function nameOf({ code, text, activity }: Alarm): string {
  return JSON.stringify([code, text, activity]);
}

function evidenceLines({ evidence = {} }: Alarm): string[] {
  return Object.entries(evidence).map(([name, note]) => `${name}: ${JSON.stringify(note)}`);
}

function claimLine({ published, type, name, content_hash, log_index, activity, state }: ClaimEvent): string {
  const what = state === 'erased' ? '(erased)' : (name ?? '');
  const hash = content_hash === null ? '' : `sha3-256 ${content_hash.slice(0, 16)}…`;
  const place = log_index === null ? '' : `log ${log_index}`;
  return formatTable([[published, type.padEnd(6), what, hash, place, activity]]);
}

function keyLine({ published, key, change, log_index }: KeyEvent): string {
  const said = change === 'unexplained' ? 'has an entry that the actor document does not explain' : `was ${change}`;
  return formatTable([[published, 'Key   ', `${key} ${said}`, `log ${log_index}`]]);
}
