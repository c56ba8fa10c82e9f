import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

import { smallPng } from './png.js';

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Where Chromium is: where CHROMIUM_PATH says, else where it usually is. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH: told } = process.env;
  return told === undefined ? usualPlaces.find((path) => existsSync(path)) : told;
}

/** The folder for screenshots, when they are wanted: `CCX_SCREENSHOTS=docs/images`. */
const screenshots = process.env['CCX_SCREENSHOTS'];

/** Pages whose pictures are taken in the dark, too. */
const darkToo = new Set(['consent', 'consents']);

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

const sizes = { desktop: { width: 1200, height: 900 }, phone: { width: 390, height: 844 } } as const;
type Size = keyof typeof sizes;
type Scheme = 'light' | 'dark';

/** How each page is looked at: over both languages in every size and in every scheme. */
const looks: Readonly<Record<Language, { size: Size; scheme: Scheme }>> = {
  en: { size: 'phone', scheme: 'light' },
  de: { size: 'desktop', scheme: 'dark' },
};

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Buttons, boxes and lone links that a thumb would miss; links within a sentence are as high as their line.
// What runs in the page is text: these tests are checked as programs of Node.js, which has no document.
const SMALL_TARGETS = `
  [...document.querySelectorAll('button, .button, select, input:not([type=hidden]), nav a, .tools a, .back a')]
    .map((element) => element.closest('label.choice, label.chip') ?? element)
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 43.9)
    .map((element) => element.outerHTML.slice(0, 100))`;

/** A real browser in front of the service. */
export class RealBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly auditor: Page,
  ) {}

  static async start(executablePath: string): Promise<RealBrowser> {
    const isRoot = process.getuid?.() === 0;
    const browser = await chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] });
    // It looks at copies of pages: with scripts for axe, which no page of ours would run.
    const auditor = await browser.newContext({ bypassCSP: true, reducedMotion: 'reduce' });
    return new RealBrowser(browser, await auditor.newPage());
  }

  stop(): Promise<void> {
    return this.browser.close();
  }

  /** The page of somebody with a browser of their own, which runs no script. */
  async visitor(language: Language): Promise<Page> {
    const context = await this.browser.newContext({
      javaScriptEnabled: false,
      locale: language,
      viewport: sizes.phone,
      reducedMotion: 'reduce',
    });
    return context.newPage();
  }

  /** What is wrong with the page as it stands, for people who see, hear or operate it in other ways; and its picture. */
  async faults(page: Page, name?: string): Promise<string[]> {
    const [html, address] = [await page.content(), page.url()];
    const language = html.includes('<html lang="de"') ? 'de' : 'en';
    const { size, scheme } = looks[language];
    await this.showCopy(html, address, size, scheme);
    await this.auditor.evaluate(axe.source);
    const options = JSON.stringify({ runOnly: { type: 'tag', values: rules } });
    const { violations } = await this.auditor.evaluate<AxeResults>(`axe.run(document, ${options})`);
    const width = await this.auditor.evaluate<number>('document.documentElement.scrollWidth');
    const small = await this.auditor.evaluate<string[]>(SMALL_TARGETS);
    if (screenshots !== undefined && name !== undefined && language === 'en')
      await this.takePictures(html, address, name, screenshots);
    return [
      ...violations.map(({ id, nodes }) => `${id} at ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`),
      ...(width > sizes[size].width ? [`${width} pixels wide`] : []),
      ...small.map((target) => `a small target: ${target}`),
    ].map((fault) => `${name ?? address} (${language}, ${size}, ${scheme}): ${fault}`);
  }

  private async showCopy(html: string, address: string, size: Size, scheme: Scheme): Promise<void> {
    await this.auditor.setViewportSize(sizes[size]);
    await this.auditor.emulateMedia({ colorScheme: scheme });
    await this.auditor.route(address, (route) =>
      route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }),
    );
    await this.auditor.goto(address);
    await this.auditor.unroute(address);
  }

  private async takePictures(html: string, address: string, name: string, folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const size of ['desktop', 'phone'] as const) {
      for (const scheme of darkToo.has(name) ? (['light', 'dark'] as const) : (['light'] as const)) {
        await this.showCopy(html, address, size, scheme);
        const picture = await this.auditor.screenshot({ fullPage: true });
        const file = `${name}-${size}${scheme === 'dark' ? '-dark' : ''}.png`;
        await writeFile(join(folder, file), smallPng(picture));
      }
    }
  }
}
