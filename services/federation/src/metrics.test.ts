import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '@artdag/database/federation';
import { createTestDatabase, eventually, quietLogger, startFakeAuth } from '@artdag/testing';
import { assetEvent } from './testing/events.testing.ts';
import { send } from './testing/http-client.testing.ts';
import { useFederation } from './testing/kit.testing.ts';
import type { RemotePeer } from './testing/remote-peer.testing.ts';

const tools = { createTestDatabase, startFakeAuth, quietLogger, openDatabase };
const kit = useFederation(tools, { deliveries: { countEveryMs: 100 } });

/** The lines of a metric that are not zero, `# HELP` and `# TYPE` left out. */
async function linesOf(name: string): Promise<string[]> {
  const { text } = await send(`${kit.federation.url}/metrics`);
  return text.split('\n').filter((line) => line.startsWith(name) && !line.endsWith(' 0'));
}
const shows = (name: string, ...values: string[]) =>
  eventually(async () => expect(await linesOf(`${name}{`)).toEqual(values.map((value) => `${name}{${value}`)));

const like = (peer: RemotePeer) => peer.activity('alice', { type: 'Like', object: 'https://elsewhere.example/1' });
const inbox = () => `${kit.federation.url}/inbox`;

const groups = readFileSync(join(import.meta.dirname, '../../../infra/prometheus/alerts.yml'), 'utf8').split(
  '- name: ',
);
const alerts = groups.find((group) => group.startsWith('federation\n')) ?? '';
/** Of PromQL, without what is in braces. */
const names = (expression: string): string[] =>
  expression.replace(/\{[^}]*\}/g, '').match(/\b[a-z]+(?:_[a-z]+)+\b|\bdeliveries\b|\berasures\b/g) ?? [];

it('has every metric that an alert asks for', async () => {
  const { text } = await send(`${kit.federation.url}/metrics`);
  const expressions = [...alerts.matchAll(/^ +expr: (.+)$/gm)].map(([, expression]) => expression ?? '');
  expect(expressions).toHaveLength(alerts.split('- alert:').length - 1);
  for (const expression of expressions) {
    expect(names(expression)).not.toEqual([]);
    for (const name of names(expression)) expect(text).toContain(`# TYPE ${name} `);
  }
});

describe('/metrics tells operators', () => {
  it('how many signatures of each scheme were good, and why others were not', async () => {
    const peer = await kit.startPeer();
    await peer.post('alice', inbox(), like(peer));
    await peer.post('alice', inbox(), like(peer), { tweak: { scheme: 'rfc9421' } });
    await peer.post('alice', inbox(), like(peer), { tweak: { scheme: 'rfc9421' }, body: JSON.stringify(like(peer)) });
    await peer.post('alice', inbox(), like(peer), { tweak: { privateKey: peer.keyOf('mallory') } });
    await shows(
      'signature_verify_total',
      'scheme="draft-cavage",result="verified"} 1',
      'scheme="rfc9421",result="verified"} 1',
      'scheme="rfc9421",result="digest_mismatch"} 1',
      'scheme="draft-cavage",result="signature_invalid"} 1',
    );
  });

  it('how fetches of keys ended', async () => {
    const peer = await kit.startPeer();
    const before = (await linesOf('key_fetches_total{result="ok"}'))[0]?.split(' ')[1] ?? '0';
    await peer.post('alice', inbox(), like(peer));
    peer.remove('gone');
    await peer.post('gone', inbox(), peer.activity('gone', { type: 'Like' }));
    peer.documentChanges = { inbox: null };
    await peer.post('bob', inbox(), peer.activity('bob', { type: 'Like' }));
    expect(await linesOf('key_fetches_total')).toEqual([
      `key_fetches_total{result="ok"} ${Number(before) + 1}`,
      'key_fetches_total{result="gone"} 1',
      'key_fetches_total{result="failed"} 1',
    ]);
  });

  it('what waits, for how long, what was given up, and which hosts fail, without naming any', async () => {
    const peer = await kit.startPeer();
    const { host } = new URL(peer.url);
    const user = await kit.federation.addUser('giles');
    await peer.post('alice', `${user.apId}/inbox`, peer.activity('alice', { type: 'Follow', object: user.apId }));
    await eventually(() => expect(peer.received).toHaveLength(1));
    peer.answers.set('/users/alice/inbox', 500);
    await kit.federation.publish(assetEvent('registered', user.newAsset(), 1));
    await shows('delivery_hosts', 'state="failing"} 1');
    await shows('deliveries', 'state="pending"} 1');
    await kit.sql("UPDATE deliveries SET queued_at = now() - interval '1 hour' WHERE state = 'pending'");
    await eventually(async () => {
      const [line] = await linesOf('delivery_oldest_pending_seconds');
      expect(Number(line?.split(' ')[1])).toBeGreaterThan(3599);
    });
    await kit.sql('UPDATE remote_hosts SET failures = 5 WHERE host = $1', [host]);
    await kit.sql("UPDATE deliveries SET state = 'dead' WHERE state = 'pending'");
    await shows('delivery_hosts', 'state="left_alone"} 1');
    await shows('deliveries', 'state="dead"} 1');
    expect(await linesOf('delivery_attempt_seconds_count')).toEqual([
      'delivery_attempt_seconds_count{outcome="delivered"} 1',
      'delivery_attempt_seconds_count{outcome="failed"} 1',
    ]);
    expect((await send(`${kit.federation.url}/metrics`)).text).not.toContain(host);
  });
});
