import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTelling, type TellingKit } from './telling-kit.testing.ts';

let kit: TellingKit;
beforeAll(async () => {
  kit = await startTelling();
});
afterAll(() => kit.close());

const file = readFileSync(join(import.meta.dirname, '../../../../infra/prometheus/alerts.yml'), 'utf8');
const rules = file.split('- name: ').find((group) => group.startsWith('l1-bridge\n')) ?? '';
const metricsOf = (expression: string): string[] => expression.match(/\bl1(?:_[a-z]+)+\b/g) ?? [];

it('/metrics has every metric that an alert about L1s asks for', async () => {
  const text = await (await fetch(`${kit.bridge.url}/metrics`)).text();
  const expressions = [...rules.matchAll(/^ +expr: (.+)$/gm)].map(([, expression]) => expression ?? '');
  expect(expressions).toHaveLength(rules.split('- alert:').length - 1);
  expect(expressions).not.toEqual([]);
  for (const expression of expressions) {
    expect(metricsOf(expression)).not.toEqual([]);
    for (const name of metricsOf(expression)) expect(text).toContain(`# TYPE ${name.replace(/_count$/, '')} `);
  }
});
