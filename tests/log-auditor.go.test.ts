import { describe, expect, it } from '@jest/globals';
import { inGoFolder } from './lib/go.ts';

const folder = 'auditor';

describe('the auditor in Go', () => {
  it('is formatted and passes vet', async () => {
    expect(await inGoFolder(folder, 'gofmt', ['-l', '.'])).toBe('');
    await inGoFolder(folder, 'go', ['vet', '.']);
  }, 120_000);

  it('accepts whole logs of its own making, and refuses each kind of false one', async () => {
    expect(await inGoFolder(folder, 'go', ['test', '-count=1', '.'])).toMatch(/^ok\s/m);
  }, 120_000);
});
