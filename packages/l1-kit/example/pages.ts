import type { L1User } from '@artdag/l1-kit';
import type { RunDocument } from './runs.ts';

/** For whoever is not signed in. */
export function welcomePage(l2Servers: readonly string[]): string {
  const links = l2Servers.map((url) => `<li><a href="${escapeHtml(url)}/renderers">${escapeHtml(url)}</a></li>`);
  return page('Circles', `<p>Attach this server at your L2:</p><ul>${links.join('')}</ul>`);
}

export function studioPage(user: L1User, runs: readonly RunDocument[]): string {
  const items = runs.map(
    ({ run_id }) => `<li>
<img src="/runs/${run_id}/output" width="128" height="128" alt="">
<a href="/runs/${run_id}">${run_id}</a>
<form method="post" action="/runs/${run_id}/publish"><button>Publish</button></form>
</li>`,
  );
  return page(
    'Circles',
    `<p id="who">${escapeHtml(user.displayName)} (${escapeHtml(user.username)} of ${escapeHtml(user.l2Server)})</p>
<form method="post" action="/runs">
<label>Seed <input name="seed" required maxlength="128" value="first light"></label>
<label>Circles <input name="circles" type="number" min="1" max="64" value="12"></label>
<button>Render</button>
</form>
<ul>${items.join('')}</ul>
<form method="post" action="/auth/logout"><button>Sign out here</button></form>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body><main><h1>${title}</h1>
${body}
</main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? '');
}
