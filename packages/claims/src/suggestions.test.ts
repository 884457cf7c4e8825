import { describe, expect, it } from '@jest/globals';
import { assetNameOf, guessAssetType } from './suggestions.ts';

describe('guessAssetType', () => {
  it.each([
    ['a/b.c/film.MP4', '', 'video'],
    ['page.html', 'text/html', 'document'],
    ['song.ogg', 'video/ogg', 'audio'],
    ['raw.cr3', 'image/x-canon-cr3', 'image'],
    ['.png', '', 'unknown'],
    ['folder.png/noise', '', 'unknown'],
    ['noise', 'application/octet-stream', 'unknown'],
    ['noise', '__proto__/x', 'unknown'],
  ])('of %s with media type %j is %s', (path, mediaType, type) => {
    expect(guessAssetType(path, mediaType)).toBe(type);
  });
});

describe('assetNameOf', () => {
  it.each([
    ['Été 2026 (final).png', 'E-te-2026-final-.png'],
    ['../../etc/passwd', 'etc-passwd'],
    ['絵', 'asset'],
    ['', 'asset'],
    [`${'a'.repeat(200)}.mp4`, `${'a'.repeat(124)}.mp4`],
  ])('of %j is %s', (text, name) => {
    expect(assetNameOf(text)).toBe(name);
  });
});
