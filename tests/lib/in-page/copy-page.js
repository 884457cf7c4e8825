/* Run in the page: see `createMirror`. Scripts of what is written like this do not run. */
globalThis.copyPage = async (html) => {
  document.documentElement.innerHTML = html;
  const link = document.querySelector('link[rel=stylesheet]');
  if (link?.sheet === null) await new Promise((resolve) => link.addEventListener('load', resolve));
};
