import { describe, expect, it } from '@jest/globals';
import { html, trusted } from './html.ts';

describe('html', () => {
  it('escapes texts, in elements and in quoted attributes', () => {
    const hostile = `<script>alert("1" & '2')</script>`;
    expect(html`<p title="${hostile}">${hostile}</p>`.toString()).toBe(
      '<p title="&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;">' +
        '&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;</p>',
    );
  });

  it('does not escape twice what a template made, alone or in a list', () => {
    const items = ['a&b', '<c>'].map((text) => html`<li>${text}</li>`);
    expect(html`${items}`.toString()).toBe('<li>a&amp;b</li><li>&lt;c&gt;</li>');
    expect(html`<p>${items[0] ?? ''}</p>`.toString()).toBe('<p><li>a&amp;b</li></p>');
  });

  it('takes numbers, and markup of our own as it is', () => {
    expect(html`${0} ${-1.5} ${trusted('<br>')}`.toString()).toBe('0 -1.5 <br>');
  });

  it('is not fooled by an object that looks like markup', () => {
    const lookalike = JSON.parse('{"markup":"<b>","toString":"x"}');
    lookalike.toString = () => '<b>';
    expect(html`${lookalike}`.toString()).toBe('&lt;b&gt;');
    expect(html`${[lookalike]}`.toString()).toBe('&lt;b&gt;');
  });
});
