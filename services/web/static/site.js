// @ts-check
/* What makes pages more comfortable. Every page is whole without it. */

document.documentElement.classList.add('has-script');

/** Times as the reader's clock and calendar show them; the page has them in UTC. */
for (const time of document.querySelectorAll('time[datetime]')) {
  const inUtc = time.textContent ?? '';
  if (localise(time, time.getAttribute('datetime'))) time.setAttribute('title', inUtc);
}

/* In drawings, with what they are called to who does not see them. */
for (const time of document.querySelectorAll('svg [data-time]')) {
  const inUtc = time.textContent ?? '';
  if (!localise(time, time.getAttribute('data-time'))) continue;
  const drawing = time.closest('svg');
  const label = drawing?.getAttribute('aria-label') ?? '';
  drawing?.setAttribute('aria-label', label.replace(inUtc, time.textContent ?? ''));
}

/**
 * @param {Element} time
 * @param {string | null} iso
 */
function localise(time, iso) {
  const at = new Date(iso ?? '');
  if (Number.isNaN(at.getTime())) return false;
  const isDay = time.getAttribute('data-shows') === 'day';
  time.textContent = at.toLocaleString(undefined, { dateStyle: 'medium', ...(isDay ? {} : { timeStyle: 'short' }) });
  return true;
}

const shownMs = 1500;

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button.copy') : null;
  if (button !== null) void copy(button);
});

/** @param {Element} button */
async function copy(button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(button.getAttribute('data-copy') ?? '');
    button.textContent = 'Copied';
  } catch {
    // Not allowed, or no secure context: the text is selected, for the keyboard's own copy.
    const code = button.previousElementSibling;
    if (code !== null) getSelection()?.selectAllChildren(code);
    button.textContent = 'Selected';
  }
  setTimeout(() => (button.textContent = label), shownMs);
}
