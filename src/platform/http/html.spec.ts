import { html } from './html.js';

describe('markup', () => {
  it('escapes what it is given, once', () => {
    const name = `<b onclick='x("&")'>`;
    const inner = html`<i>${name}</i>`;
    expect(html`<p title="${name}">${inner}${[inner, 7]}${null}${false}</p>`.markup).toBe(
      '<p title="&lt;b onclick=&#39;x(&quot;&amp;&quot;)&#39;&gt;">' +
        '<i>&lt;b onclick=&#39;x(&quot;&amp;&quot;)&#39;&gt;</i><i>&lt;b onclick=&#39;x(&quot;&amp;&quot;)&#39;&gt;</i>7</p>',
    );
  });
});
