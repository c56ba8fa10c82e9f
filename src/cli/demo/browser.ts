/** What a browser without JavaScript does: keeps cookies by their paths, follows nothing by itself, submits forms. */
export class Browser {
  private cookies: { name: string; value: string; path: string }[] = [];

  constructor(
    private readonly origin: string,
    private readonly headers: Readonly<Record<string, string>> = {},
    private readonly fetcher: (url: URL, init: RequestInit) => Promise<Response> = fetch,
  ) {}

  get(address: string): Promise<PageAnswer> {
    return this.send('GET', address);
  }

  /** Submits a form of the page by the end of its action, with other values for some of its fields. */
  submit(
    page: PageAnswer,
    action: string,
    fields: Readonly<Record<string, string | readonly string[]>> = {},
  ): Promise<PageAnswer> {
    const form = formsOf(page.body).find((candidate) => candidate.action.endsWith(`/${action}`));
    if (!form) throw new Error(`The page has no form ${action}: ${page.status} ${textOf(page.body)}`);
    const given = new Map<string, readonly string[]>(form.fields);
    for (const [name, value] of Object.entries(fields)) given.set(name, [value].flat());
    const body = new URLSearchParams(
      [...given].flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
    );
    return this.send('POST', form.action, body);
  }

  post(address: string, fields: Readonly<Record<string, string>>): Promise<PageAnswer> {
    return this.send('POST', address, new URLSearchParams(fields));
  }

  /** Goes where the answers lead, until there is a page or the address of somebody else. */
  async follow(answer: PageAnswer): Promise<PageAnswer> {
    let current = answer;
    while (current.location?.startsWith(this.origin)) current = await this.get(current.location);
    return current;
  }

  cookie(name: string): string | undefined {
    return this.cookies.find((cookie) => cookie.name === name)?.value;
  }

  forget(name: string): void {
    this.cookies = this.cookies.filter((cookie) => cookie.name !== name);
  }

  private async send(method: string, address: string, body?: URLSearchParams): Promise<PageAnswer> {
    const url = new URL(address, this.origin);
    const cookie = this.cookies
      .filter(({ path }) => url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const response = await this.fetcher(url, {
      method,
      redirect: 'manual',
      headers: { accept: 'text/html', ...this.headers, ...(cookie && { cookie }) },
      ...(body && { body }),
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    const location = response.headers.get('location');
    return {
      status: response.status,
      headers: response.headers,
      body: await response.text(),
      location: location === null ? undefined : new URL(location, url).href,
    };
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const attribute = (key: string) =>
      attributes.find((part) => part.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
    const path = attribute('path') ?? '/';
    this.cookies = this.cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
    const expired = attribute('max-age') === '0' || Date.parse(attribute('expires') ?? '') < Date.now();
    if (value !== '' && !expired) this.cookies.push({ name, value, path });
  }
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** Where it leads, in full. */
  readonly location: string | undefined;
}

interface FormOnPage {
  readonly action: string;
  readonly fields: [name: string, values: string[]][];
}

/** The forms of a page, as they would be submitted untouched. */
export function formsOf(page: string): FormOnPage[] {
  return [...page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = '', content = '']) => {
    const fields = new Map<string, string[]>();
    const add = (name: string | undefined, value: string) =>
      name && fields.set(name, [...(fields.get(name) ?? []), value]);
    for (const [, input = ''] of content.matchAll(/<input\b([^>]*)>/gs)) {
      if (attributeOf(input, 'type') === 'checkbox' && !/\bchecked\b/.test(input)) continue;
      add(attributeOf(input, 'name'), attributeOf(input, 'value') ?? '');
    }
    for (const [, select = '', options = ''] of content.matchAll(/<select\b([^>]*)>(.*?)<\/select>/gs)) {
      const chosen =
        /<option\b([^>]*\bselected\b[^>]*)>/s.exec(options)?.[1] ?? /<option\b([^>]*)>/s.exec(options)?.[1];
      add(attributeOf(select, 'name'), attributeOf(chosen ?? '', 'value') ?? '');
    }
    return { action: attributeOf(attributes, 'action') ?? '', fields: [...fields] };
  });
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : unescape(value);
}

/** What a page says, without its markup. */
export function textOf(page: string): string {
  return unescape(page.replaceAll(/<head\b.*?<\/head>/gs, ' ').replaceAll(/<[^>]+>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function unescape(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  };
  return text.replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity);
}
