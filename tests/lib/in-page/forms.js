/* Run in the page: see `formsOn`. */
(() => {
  /** What a button sends: method, address, what the form holds unseen, and the button's own value. */
  const sentBy = (form, button) => {
    const method = (form.getAttribute('method') ?? 'get').toUpperCase();
    const { pathname } = new URL(form.getAttribute('action') ?? '', location.href);
    const path = pathname.replace(/^\/users\/[^/]+/, '/users/…').replace(/^\/docs\/[^/]+/, '/docs/…');
    const unseen = [...form.querySelectorAll('input[type=hidden]')]
      .filter(({ name }) => !['_csrf', 'return_to', ''].includes(name))
      .map(({ name, value }) => (name === 'type' ? `${name}=${value}` : name));
    const own = button.name === '' ? [] : [`${button.name}=${button.value}`];
    return [method, path, ...unseen, ...own].join(' ');
  };
  const buttonsOf = (form) => [...form.querySelectorAll('button')];
  const stateOf = (control) => {
    const { name, type } = control;
    const error = document.getElementById(`${name}-error`);
    const isChoice = type === 'checkbox' || type === 'radio';
    const told = isChoice ? control.closest('fieldset') : control;
    const below = told?.getBoundingClientRect();
    const above = error?.getBoundingClientRect();
    return {
      name: isChoice ? `${name}=${control.value}` : name,
      field: name,
      isSecret: type === 'password',
      value: isChoice ? String(control.checked) : control.value,
      error: error?.textContent ?? '',
      isTied: (told?.getAttribute('aria-describedby') ?? '').split(' ').includes(`${name}-error`),
      isMarked: isChoice || control.getAttribute('aria-invalid') === 'true',
      // The error of choices is in their frame; every other one is right above its control.
      isBeside: isChoice
        ? told?.contains(error)
        : above !== undefined &&
          Math.abs(below.left - above.left) < 2 &&
          below.top >= above.bottom &&
          below.top - above.bottom < 24,
      hasFocus: document.activeElement === control,
    };
  };
  return [...document.forms].map((form) => ({
    isShown: buttonsOf(form).some((button) => button.checkVisibility()),
    sends: buttonsOf(form).map((button) => (button.type === 'submit' ? sentBy(form, button) : '')),
    controls: [...form.elements]
      .filter((control) => control.name !== '' && control.matches('input:not([type=hidden]), select, textarea'))
      .map(stateOf),
  }));
})();
