/** The page has no script, no style and no frame; its form goes to us. */
export const confirmPolicy =
  "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** Asks a visitor who has not come by a link of ours whether they mean it. */
export function confirmPage(o: { csrf: string; next: string }): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Log out?</title></head>
<body>
<main>
<h1>Log out?</h1>
<p>Another site, or a guess of your browser’s, has brought you here to be logged out.</p>
<form method="post" action="/auth/logout">
<input type="hidden" name="_csrf" value="${escaped(o.csrf)}">
<input type="hidden" name="return_to" value="${escaped(o.next)}">
<button type="submit">Log out</button> <a href="/">Stay logged in</a>
</form>
</main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
