import { callAsUser } from '../../call-as-user.ts';
import { print, printJson, type Terminal } from '../../terminal.ts';

export interface RecordRunOptions {
  type?: string;
  tag?: string[];
  description?: string;
  json?: boolean;
}

interface RecordedAsset {
  name: string;
  content_hash: string;
  asset_type: string;
  owner: string;
  activity_url: string;
  provenance: { inputs: unknown[] };
}

/** Which run of which L1, and what its output is to be called. */
export interface WantedRun {
  l1: string;
  run: string;
  name: string;
}

/** Registers the output of a finished run; the server fetches the run from its L1. The same again changes nothing. */
export async function recordRun(
  terminal: Terminal,
  { l1, run, name }: WantedRun,
  options: RecordRunOptions,
): Promise<void> {
  const body = {
    l1_server: l1,
    run_id: run,
    output_name: name,
    ...(options.type === undefined ? {} : { asset_type: options.type }),
    ...(options.tag === undefined ? {} : { tags: options.tag }),
    ...(options.description === undefined ? {} : { description: options.description }),
  };
  const asset = await callAsUser<RecordedAsset>(terminal, {
    method: 'POST',
    path: '/assets/record-run',
    body,
    // Recorded once, whoever asks how often; and its L1 may take half a minute.
    isRepeatable: true,
    timeoutMs: 60_000,
  });
  if (options.json) return printJson(terminal, asset);
  const { length } = asset.provenance.inputs;
  print(terminal, `sha3-256  ${asset.content_hash}`);
  print(
    terminal,
    `Recorded ${asset.name} (${asset.asset_type}), claimed by ${asset.owner}, made from ${length} input${length === 1 ? '' : 's'}.`,
  );
  print(terminal, `claim     ${asset.activity_url}`);
}
