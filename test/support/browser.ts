// The demo walks the same pages with the same browser.
export { Browser, formsOf, type PageAnswer, textOf } from '../../src/cli/demo/browser.js';
