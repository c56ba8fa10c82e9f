import type { Narrator } from './narrator.js';
import { shorten, shortenForm, shortenIds } from './shorten.js';

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** A `fetch` whose requests and answers are told, as those of `who`. */
export function tracedFetch(narrator: Narrator, who: string): Fetch {
  return async (url, init = {}) => {
    const response = await fetch(url, init);
    const { pathname, search } = new URL(url);
    narrator.exchanged({
      who,
      method: init.method ?? 'GET',
      address: shortenIds(decodeURIComponent(pathname + search)),
      sent: sentOf(init.body),
      status: response.status,
      came: await cameOf(response.clone()),
    });
    return response;
  };
}

function sentOf(body: RequestInit['body']): string {
  if (body === null || body === undefined) return '';
  if (body instanceof URLSearchParams) return shortenForm(body);
  return shortenText(typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array));
}

async function cameOf(response: Response): Promise<string> {
  const text = await response.text();
  const location = response.headers.get('location');
  if (location !== null) return `to ${shorten(location)}`;
  const challenge = response.headers.get('www-authenticate');
  if (response.headers.get('content-type')?.startsWith('text/html')) return `a page, “${titleOf(text)}”`;
  return [shortenText(text), challenge && `(${challenge})`].filter(Boolean).join('  ');
}

function shortenText(text: string): string {
  try {
    return shorten(JSON.parse(text));
  } catch {
    return shorten(text);
  }
}

function titleOf(page: string): string {
  return /<title>(.*?)<\/title>/s.exec(page)?.[1]?.trim() ?? '';
}
