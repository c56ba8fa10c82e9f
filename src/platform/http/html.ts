/** Text of a page that is markup already. */
export class Html {
  constructor(readonly markup: string) {}

  toString(): string {
    return this.markup;
  }
}

type Part = string | number | Html | null | undefined | false | readonly Part[];

/** Markup with its values escaped: html`<p>${text}</p>`. */
export function html(template: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(String.raw({ raw: template }, ...values.map(render)));
}

function render(part: Part): string {
  if (part instanceof Html) return part.markup;
  if (Array.isArray(part)) return (part as readonly Part[]).map(render).join('');
  if (part === null || part === undefined || part === false) return '';
  return escape(String(part));
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
