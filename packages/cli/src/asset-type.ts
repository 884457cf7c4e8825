import { basename, extname } from 'node:path';

const extensions: Record<string, string[]> = {
  image: ['.png', '.jpg', '.jpeg', '.gif', '.webp', '.avif', '.svg', '.tif', '.tiff', '.bmp'],
  video: ['.mp4', '.webm', '.mov', '.mkv', '.avi', '.m4v', '.ogv'],
  audio: ['.mp3', '.wav', '.flac', '.ogg', '.oga', '.opus', '.m4a', '.aac'],
  recipe: ['.yaml', '.yml', '.sexp'],
  document: ['.pdf', '.txt', '.md', '.html', '.htm', '.odt', '.docx', '.epub'],
};

/** The asset type that a file's ending suggests; `unknown` for others. */
export function guessAssetType(path: string): string {
  const ending = extname(path).toLowerCase();
  return Object.entries(extensions).find(([, endings]) => endings.includes(ending))?.[0] ?? 'unknown';
}

/** A file's name as an asset name: 1 to 128 characters of `A-Za-z0-9._:-`, beginning with a letter or digit. */
export function assetNameOf(path: string): string {
  const plain = basename(path)
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._:-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 128);
  return plain || 'asset';
}
