/* Run in the page: see findLayoutFaults. */
(() => {
  const faults = [];
  const root = document.scrollingElement;
  if (root === null) return ['no document'];
  if (root.scrollWidth > root.clientWidth) faults.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  const nameOf = (element) =>
    `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} "${(element.textContent ?? '').trim().slice(0, 40)}"`;
  const isShown = (element) => {
    const { width, height } = element.getBoundingClientRect();
    // What closed details hold has boxes, and is not painted.
    return element.checkVisibility({ visibilityProperty: true }) && width > 0 && height > 0;
  };
  const shown = [...document.querySelectorAll('body *:not(.skip, option, optgroup)')].filter(isShown);
  for (const element of shown) {
    const { left, right } = element.getBoundingClientRect();
    if (left < -1 || right > root.clientWidth + 1) faults.push(`sticks out: ${nameOf(element)}`);
    const { overflowX } = getComputedStyle(element);
    const isCut = overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
    // A name in the head may end in dots: it is whole on its own page.
    if (isCut && element.closest('nav[aria-label="Account"], input, select') === null)
      faults.push(`is cut off: ${nameOf(element)}`);
  }
  const texts = shown.filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim() !== ''),
  );
  const boxes = texts.flatMap((element) => [...element.getClientRects()].map((box) => ({ element, box })));
  for (const [at, one] of boxes.entries()) {
    for (const other of boxes.slice(at + 1)) {
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      // Boxes of lines are higher than their letters; what shares a third of a line is on top of it.
      if (across > 2 && down > Math.min(one.box.height, other.box.height) / 3)
        faults.push(`overlap: ${nameOf(one.element)} and ${nameOf(other.element)}`);
    }
  }
  return faults.slice(0, 10);
})();
